"""What a rehearsal found: per school its classes and pupils, the thresholds, the projects touched.

Nobody is named: a pupil who must be looked up stands here by the number that the file gives it.
"""

from __future__ import annotations

from typing import NamedTuple

from preau.imports.guard import Alarm

CONTINUED, REUSED, CREATED, ENDED = "CONTINUED", "REUSED", "CREATED", "ENDED"
"""What becomes of a class.

The State's number of it is in both years and enough pupils stay; it is in both and few or none stay
(a collège gives last year's code to other pupils); in this set only; in the last state only.
"""
CERTAIN, UNKNOWN = "CERTAIN", "UNKNOWN"
"""How a pupil is recognised, beside PROBABLE and POSSIBLE; the last is known nowhere in the hub."""
SHOWN = 50
"""Numbers shown of one school, at most."""


class Classroom(NamedTuple):
    """One class: pupils it has today, who come and who leave it.

    `like` is the name of the class of that school whose place it seems to take, or that seems to
    take its own: the same name under another number. Empty when there is none.
    """

    key: str
    name: str
    levels: tuple[str, ...]
    fate: str
    pupils: int
    come: int
    leave: int
    like: str = ""


class Passage(NamedTuple):
    """Pupils who come from a school, or go to one, and how they are recognised.

    `other` is the UAI of that school, empty when it is not known; `degrees` whether they go from an
    école to a collège.
    """

    other: str
    assurance: str
    rule: str
    pupils: int
    degrees: bool


class ToConfirm(NamedTuple):
    """A pupil to look at: the number in the file, what speaks for whom it may be, from where."""

    number: str
    assurance: str
    rule: str
    other: str


class SchoolYear(NamedTuple):
    """What becomes of one school; `pupils` are those of today, `moved` come from within the set."""

    uai: str
    name: str
    pupils: int
    come: int
    leave: int
    moved_in: int
    moved_out: int
    classes: tuple[Classroom, ...]
    groups: tuple[tuple[str, int], ...]
    arrivals: tuple[Passage, ...]
    departures: tuple[Passage, ...]
    to_confirm: tuple[ToConfirm, ...]
    more: int


class ProjectTouched(NamedTuple):
    """A project that is not closed: its classes in this set, members who come, who leave.

    `away` are members by another system's word whose pupil leaves the school in this set.
    """

    title: str
    state: str
    classes: tuple[Classroom, ...]
    members: int
    come: int
    leave: int
    away: int


class Rehearsed(NamedTuple):
    """The whole; `refused` says why when the set may not be compared, all else is then empty."""

    instance: str
    connector: str
    day: str
    refused: str
    aside: tuple[tuple[str, int], ...]
    schools: tuple[SchoolYear, ...]
    alarms: tuple[tuple[str, Alarm], ...]
    projects: tuple[ProjectTouched, ...]
