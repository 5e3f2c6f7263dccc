"""What each step reads, told without building it: the pages show how many records wait for it."""

from __future__ import annotations

from collections.abc import Iterable

from preau.agents import statements
from preau.agents.hearing import PERSON
from preau.broker.topics import CANON, INTAKE, LINK, RECEIPT, RULING, SET_ASIDE, SHARE


def reads(connectors: Iterable[str]) -> dict[str, list[str]]:
    """The topics of each step of a hub with these connectors; `^` begins a pattern."""
    followed = (*statements.RECORDS, "project")
    return {
        "normalise": [INTAKE + connector for connector in connectors],
        "identity": [CANON + PERSON, RULING],
        "projects": [*(CANON + record for record in followed), LINK, RECEIPT],
        "deliver": ["^" + SHARE.replace(".", r"\.") + ".*"],
        "receipts": [RECEIPT],
        "setasides": ["^" + SET_ASIDE.replace(".", r"\.") + ".*"],
    }
