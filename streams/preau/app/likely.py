"""The pupils of this hub who may be one child, as the command line shows them."""

from __future__ import annotations

from preau.agents.likely import Pair, likely_pairs
from preau.app.control import Control
from preau.store.likely import PROBABLE


def pairs(control: Control, *, possible: bool = False) -> list[Pair]:
    """The PROBABLE pairs, and with `possible` the POSSIBLE ones after them."""
    with control.engine.connect() as connection:
        found = list(likely_pairs(connection))
    wanted = [pair for pair in found if possible or pair.assurance == PROBABLE]
    return sorted(wanted, key=lambda pair: (pair.assurance != PROBABLE, pair.left, pair.right))
