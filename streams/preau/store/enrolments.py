"""Where the instances say that their pupils are: the schools and levels of their classes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.store import said
from preau.store.said import GROUP, MEMBER

UAI = "uai"
"""The role under which an establishment points to its UAI."""


class School(NamedTuple):
    """One establishment; `uai` is its key `<instance>/<source id>` when nobody said a UAI.

    `sector` is the UAI of the collège of its sector, empty when not known.
    """

    uai: str
    kind: str
    name: str
    sector: str


class Enrolment(NamedTuple):
    """One pupil in one group of a school, with the levels that the group has."""

    source: str
    school: School
    levels: frozenset[str]


def enrolments(
    connection: sa.Connection, sources: Collection[str]
) -> dict[str, tuple[Enrolment, ...]]:
    """The enrolments of these sources, by source; whoever is in no class is not there."""
    in_groups = sorted(set(_in_groups(connection, sources)))
    groups = said.states(connection, "group", {group for _, group in in_groups})
    places = {place for group in groups.values() for place in group.fields["establishments"]}
    known = schools(connection, places)
    found: dict[str, list[Enrolment]] = {}
    for source, key in in_groups:
        if key in groups and not groups[key].deleted:
            levels = frozenset(groups[key].fields["levels"])
            found.setdefault(source, []).extend(
                Enrolment(source, known[place], levels)
                for place in groups[key].fields["establishments"]
            )
    return {source: tuple(each) for source, each in found.items()}


def schools(connection: sa.Connection, places: Collection[str]) -> dict[str, School]:
    """Each of these places, a UAI or `<instance>/<source id>`, as it was last said."""
    keys = {place for place in places if "/" in place}
    states = said.states(connection, "establishment", keys)
    by_uai = said.pointing(connection, "establishment", UAI, set(places) - keys)
    states |= {state.fields["uai"]: state for state in sorted(by_uai, key=_told)}
    return {place: _school(place, states) for place in places}


def _told(state: said.SaidState) -> tuple[bool, bool]:
    """How much is said of an establishment; several sources speak of one, and the most counts."""
    return state.fields["kind"] != "OTHER", bool(state.fields["name"])


def _school(place: str, states: Mapping[str, said.SaidState]) -> School:
    fields = states[place].fields if place in states else {}
    sector = fields.get("sector_college_uai") or ""
    uai, kind = fields.get("uai") or place, fields.get("kind") or "OTHER"
    return School(uai, kind, fields.get("name") or "", sector)


def _in_groups(connection: sa.Connection, sources: Collection[str]) -> Iterator[tuple[str, str]]:
    """(source, group) of whoever is a pupil there, by memberships and by rosters."""
    wanted = frozenset(sources)
    for state in said.pointing(connection, "membership", MEMBER, wanted):
        if state.fields["role"] == "PUPIL":
            yield state.fields["member"], state.fields[GROUP]
    for state in said.pointing(connection, "roster", MEMBER, wanted):
        for each in state.fields["members"]:
            if each["role"] == "PUPIL" and each["member"] in wanted:
                yield each["member"], state.fields[GROUP]
