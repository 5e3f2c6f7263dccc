"""What it comes to that an établissement changes its ENT, as the desk of identity tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from preau.agents.likely import Pair


class Move(NamedTuple):
    """From which instance to which an établissement goes."""

    uai: str
    before: str
    after: str


class MovedProject(NamedTuple):
    """One project in which the place is still at the old instance; people of its classes."""

    id: str
    title: str
    state: str
    decision: str
    members: int
    recognised: int


class MoveReport(NamedTuple):
    """What a move comes to; all counts are of people.

    `people` have an account in the old ENT; `recognised` of them one in the new by which rule;
    `waiting` and `possible` are pairs between the two; `unknown` are in none of these, `new` have
    an account in the new ENT and none in the old, nor a pair.
    """

    people: int
    recognised: Mapping[str, int]
    waiting: tuple[Pair, ...]
    possible: tuple[Pair, ...]
    unknown: int
    new: int
    projects: tuple[MovedProject, ...]


def plain(report: MoveReport) -> dict[str, Any]:
    """A report as plain values: pairs by their ids."""
    pairs = {name: [p.id for p in getattr(report, name)] for name in ("waiting", "possible")}
    projects = [each._asdict() for each in report.projects]
    return {
        **report._asdict(),
        "recognised": dict(report.recognised),
        **pairs,
        "projects": projects,
    }
