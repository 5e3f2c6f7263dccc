"""Where the instances say that their pupils are: the schools and levels of their classes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.store import said
from preau.store.precedence import ENT, Claim, believed
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
    pupils = sorted(set(in_groups(connection, sources)))
    groups = said.states(connection, "group", {group for _, group in pupils})
    places = {place for group in groups.values() for place in group.fields["establishments"]}
    known = schools(connection, places)
    found: dict[str, list[Enrolment]] = {}
    for source, key in pupils:
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
    several = {place: [states[place]] for place in keys & states.keys()}
    for state in said.pointing(connection, "establishment", UAI, set(places) - keys):
        several.setdefault(state.fields["uai"], []).append(state)
    return {place: _school(place, several.get(place, [])) for place in places}


def _school(place: str, states: Sequence[said.SaidState]) -> School:
    """What is known of a school of which several sources may speak, field by field."""
    uai = next((state.fields["uai"] for state in states if state.fields["uai"]), place)
    kind, name, sector = (_known(field, states) for field in ("kind", "name", "sector_college_uai"))
    return School(uai, kind or "OTHER", name, sector)


def _known(field: str, states: Iterable[said.SaidState]) -> str:
    found = believed(f"establishment.{field}", claims(field, states))
    return "" if found is None else str(found.claim.value)


def claims(field: str, states: Iterable[said.SaidState]) -> list[Claim]:
    """What these say of a field, one claim each; OTHER and nothing say nothing."""
    return [
        Claim(state.key, said_by.get("authority", ENT), said_by.get("at", 0), said_by[field])
        for state in states
        if (said_by := state.fields).get(field) not in (None, "", "OTHER", [])
    ]


def in_groups(connection: sa.Connection, sources: Collection[str]) -> Iterator[tuple[str, str]]:
    """(source, group) of whoever is a pupil there, by memberships and by rosters."""
    wanted = frozenset(sources)
    for state in said.pointing(connection, "membership", MEMBER, wanted):
        if state.fields["role"] == "PUPIL":
            yield state.fields["member"], state.fields[GROUP]
    for state in said.pointing(connection, "roster", MEMBER, wanted):
        for each in state.fields["members"]:
            if each["role"] == "PUPIL" and each["member"] in wanted:
                yield each["member"], state.fields[GROUP]
