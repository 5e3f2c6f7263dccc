"""Who plays in a story: its fictional ENTs, each with its school's degree, and its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Ent(NamedTuple):
    """One instance of a product, and what it holds when the story begins.

    `seen_by` is who sees what of it, as the screen says: « voit le collège ».
    """

    name: str
    product: str
    degree: str
    seed: Mapping[str, Any]
    seen_by: str


class Deposit(NamedTuple):
    """An instance that only leaves files in the deposit folder, as an académie does."""

    name: str
    connector: str
    degree: str


class Cast(NamedTuple):
    """`academy` is its code (codeAcademieExport); the ENTs stand in the order of the screen."""

    academy: str
    ents: Sequence[Ent]
    deposits: Sequence[Deposit] = ()
