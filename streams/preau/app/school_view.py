"""What ENTs say of a school otherwise than the State's files: kept as advice, and never followed.

The State's word on a field that is the State's stays (`preau.store.precedence`); the ENT's is not
lost: whoever runs the school sees it here, and has the file or the ENT corrected. Personal values
are not compared: they lie sealed, and `preau why person` tells who is believed for each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from preau.store import origins, persons, said
from preau.store.enrolments import UAI, claims, in_groups
from preau.store.precedence import ENT, STATE, Claim, believed
from preau.store.said import GROUP, SaidState
from preau.web.reading import Advice

SCHOOL_FIELDS = ("name", "kind", "sector_college_uai")
CLASS_FIELDS = ("levels", "establishments")


def school_advice(connection: sa.Connection, uai: str) -> list[Advice]:
    """All that ENTs say otherwise of this school, its classes and its people."""
    classes = said.states(connection, "group", said.groups_at(connection, uai))
    return [
        *_school(connection, uai),
        *class_advice(connection, classes),
        *_people(connection, classes),
    ]


def class_advice(connection: sa.Connection, keys: Collection[str]) -> list[Advice]:
    """What ENTs say of these classes, against what the State's files say of the same pupils."""
    ours = _of_ent(said.states(connection, "group", keys))
    pupils = _persons(connection, _pupils(connection, ours))
    sources = persons.living(connection, {person for found in pupils.values() for person in found})
    states = _state_groups(connection, {s: entry.person for s, entry in sources.items()})
    return [
        advice
        for key, group in sorted(ours.items())
        for field in CLASS_FIELDS
        for advice in _class(key, group, field, [states.get(p, []) for p in pupils.get(key, ())])
    ]


def _class(
    key: str, group: SaidState, field: str, pupils: Iterable[list[SaidState]]
) -> Iterator[Advice]:
    """One advice for each thing that the files say otherwise, with how many pupils it is of."""
    mine, found = group.fields[field], Counter[str]()
    for states in pupils:
        theirs = {value for state in states for value in state.fields[field]}
        if mine and theirs and theirs.isdisjoint(mine):
            found[_text(sorted(theirs))] += 1
    for value, count in sorted(found.items()):
        name = str(group.fields["name"])
        yield Advice("class", key, f"group.{field}", _text(mine), value, count, name)


def _school(connection: sa.Connection, uai: str) -> Iterator[Advice]:
    states = said.pointing(connection, "establishment", UAI, [uai])
    for field in SCHOOL_FIELDS:
        name = f"establishment.{field}"
        for mine, theirs in _against(name, claims(field, states)):
            yield Advice("school", mine.source, name, _text(mine.value), _text(theirs.value), 1)


def _people(connection: sa.Connection, classes: Mapping[str, SaidState]) -> Iterator[Advice]:
    """Fields that are not personal, as the profile: how many people of each ENT, never who."""
    named = {
        person
        for each in _persons(connection, _pupils(connection, classes)).values()
        for person in each
    }
    sources = persons.living(connection, named)
    told: dict[str, dict[str, list[Claim]]] = {}
    for source, origin in origins.of(connection, sources).items():
        for field, value in origin.fields.items():
            if value is not None:
                claim = Claim(source, origin.authority, origin.occurred_at, value)
                told.setdefault(sources[source].person, {}).setdefault(field, []).append(claim)
    found = Counter(
        (own.source.partition("/")[0], f"person.{name}", _text(own.value), _text(best.value))
        for fields in told.values()
        for name, claimed in fields.items()
        for own, best in _against(f"person.{name}", claimed)
    )
    for (instance, field, mine, theirs), count in sorted(found.items()):
        yield Advice("people", instance, field, mine, theirs, count)


def _against(field: str, claimed: Iterable[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """(the ENT's, the State's that is believed) for each ENT that says something else."""
    best = believed(field, claimed)
    if best is None or best.claim.authority != STATE:
        return
    for other in best.others:
        if other.authority == ENT and other.value != best.claim.value:
            yield other, best.claim


def _of_ent(groups: Mapping[str, SaidState]) -> dict[str, SaidState]:
    return {
        key: state
        for key, state in groups.items()
        if not state.deleted and state.fields.get("authority", ENT) == ENT
    }


def _pupils(connection: sa.Connection, groups: Collection[str]) -> dict[str, set[str]]:
    """The pupils' sources of each of these classes, by memberships and by rosters."""
    found: dict[str, set[str]] = {}
    for state in said.pointing(connection, "membership", GROUP, groups):
        if state.fields["role"] == "PUPIL":
            found.setdefault(state.fields[GROUP], set()).add(state.fields["member"])
    for state in said.pointing(connection, "roster", GROUP, groups):
        pupils = {each["member"] for each in state.fields["members"] if each["role"] == "PUPIL"}
        found.setdefault(state.fields[GROUP], set()).update(pupils)
    return found


def _persons(
    connection: sa.Connection, members: Mapping[str, Collection[str]]
) -> dict[str, set[str]]:
    """The people of each class; an account that nobody knows yet is none."""
    known = persons.entries(connection, {source for each in members.values() for source in each})
    return {
        key: {known[s].person for s in each if s in known and not known[s].deleted}
        for key, each in members.items()
    }


def _state_groups(
    connection: sa.Connection, people: Mapping[str, str]
) -> dict[str, list[SaidState]]:
    """The classes in which the State's files have each person; `people`: source → person."""
    places = sorted(set(in_groups(connection, people)))
    groups = said.states(connection, "group", {key for _, key in places})
    found: dict[str, list[SaidState]] = {}
    for source, key in places:
        state = groups.get(key)
        if state is not None and not state.deleted and state.fields.get("authority") == STATE:
            found.setdefault(people[source], []).append(state)
    return found


def _text(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
