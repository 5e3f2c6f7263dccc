"""What each product can do, from its connector folder: the table that vendors and schools read.

An event is *assumed* when the cell that follows what it becomes, in the table of the folder's
README, begins with that word (or `supposé`); else its source stands in that cell. An event that no
row names is assumed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from preau.catalogue.catalogue import Catalogue, Connector

_ASSUMED = ("assumed", "supposé")
READ_BACK = "read-back"
"""The file of `outlet/` that says how an ENT is asked what it holds."""
_CELLS = 3
"""An event, what it becomes, and how it is known."""


class Capability(NamedTuple):
    """One product; every word is one of its card's, but for the counts of its events.

    `says` are the canonical records that its events become, `grounded` and `assumed` how many of
    these events are of each kind; `does` are the operations by which it is written to;
    `reads_back` the records that it can be asked about, of what the hub put there, and `repairs`
    those of them that may be put back.
    """

    product: str
    title: str
    degree: str
    tier: str
    ways_in: tuple[str, ...]
    says: tuple[str, ...]
    grounded: int
    assumed: int
    ways_out: tuple[str, ...]
    does: tuple[str, ...]
    members: tuple[str, ...]
    share: tuple[str, ...]
    reads_back: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()


def capabilities(catalogue: Catalogue) -> tuple[Capability, ...]:
    """One per folder, by name; raises `FixTheFolder` for a folder that does not open."""
    return tuple(capability(catalogue.connector(name)) for name in catalogue.names())


def capability(connector: Connector) -> Capability:
    """What one folder says."""
    card = connector.card
    readme = connector.path / "README.md"
    text = readme.read_text("utf-8") if readme.is_file() else ""
    assumed = sum(1 for event in connector.mappings if is_assumed(text, event))
    asked = _questions(connector)
    records = {record for said in connector.says.values() for record in said}
    return Capability(
        *(connector.name, card.title, card.degree, card.tier),
        _without(card.ways_in, "none"),
        *(tuple(sorted(records)), len(connector.mappings) - assumed, assumed),
        *(_without(card.ways_out, "none"), tuple(card.needs)),
        *(_without(card.members, "NONE"), _without(card.share, "NONE")),
        tuple(asked),
        tuple(record for record, repair in asked.items() if repair),
    )


def _questions(connector: Connector) -> dict[str, bool]:
    """Record → whether it is repaired, of those that `outlet/read-back.yaml` asks about."""
    raw = connector.outlets.get(READ_BACK)
    asked = raw if isinstance(raw, dict) else {}
    return {
        str(record): bool(said.get("repair"))
        for record, said in asked.items()
        if isinstance(said, dict)
    }


def is_assumed(readme: str, event: str) -> bool:
    """Whether a folder's README calls this event assumed."""
    for line in readme.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) >= _CELLS and event in _named(cells[0]):
            return cells[2].lower().startswith(_ASSUMED)
    return True


def _named(cell: str) -> list[str]:
    return [word for word in re.split(r"[,\s`]+", cell) if word]


def _without(words: tuple[str, ...], nothing: str) -> tuple[str, ...]:
    return tuple(word for word in words if word != nothing)
