"""The schools and groups of a set as they will be: what it says, else what was last said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store import said
from preau.store.enrolments import Enrolment, School, schools
from preau.store.said import GROUP, SaidState

CLASS = "CLASS"
_PIECE = 200


class Group(NamedTuple):
    """One group; `places` are UAI or `<instance>/<source id>`."""

    kind: str
    name: str
    levels: tuple[str, ...]
    places: tuple[str, ...]


class Schools:
    """Gathers establishments and groups of a set; asks the store for the others."""

    def __init__(self, instance: str) -> None:
        self._instance = instance
        self.groups: dict[str, Group] = {}
        self._said: dict[str, School] = {}

    def say(self, record: str, key: str, value: Mapping[str, Any]) -> None:
        """Notes an establishment or a group of the set."""
        if record == "group":
            self.groups[key] = _group(value)
        else:
            uai = value["uai"] or key
            told = (value["kind"], value["name"] or "", value["sector_college_uai"] or "")
            self._said[key] = self._said[uai] = School(uai, *told)

    def named(self, connection: sa.Connection, places: Collection[str]) -> dict[str, School]:
        """Each place (a UAI, a key, or a key without its instance), as a school."""
        whole = {place: self._whole(place) for place in places}
        stored = schools(connection, set(whole.values()) - self._said.keys())
        return {place: self._said.get(key) or stored[key] for place, key in whole.items()}

    def today(self, connection: sa.Connection) -> dict[str, Group]:
        """The groups that the instance has in the hub's eyes."""
        states = said.of_instance(connection, "group", self._instance)
        return {state.key: _group(state.fields) for state in states}

    def enrolments(
        self, connection: sa.Connection, groups_of: Mapping[str, Sequence[str]]
    ) -> dict[str, tuple[Enrolment, ...]]:
        """Where these pupils will be, by source, from the groups that each will be in."""
        wanted = {group for each in groups_of.values() for group in each}
        states = said.states(connection, "group", wanted - self.groups.keys())
        known = {key: _group(state.fields) for key, state in states.items()} | self.groups
        places = {place for key in wanted & known.keys() for place in known[key].places}
        at = self.named(connection, places)
        return {
            source: tuple(
                Enrolment(source, at[place], frozenset(known[group].levels))
                for group in groups
                if group in known
                for place in known[group].places
            )
            for source, groups in groups_of.items()
        }

    def _whole(self, place: str) -> str:
        key = f"{self._instance}/{place}"
        return key if place.isdigit() or key in self._said else place


def members(connection: sa.Connection, groups: Collection[str]) -> Iterator[tuple[str, str]]:
    """(group, pupil) of each of these groups today, one by one."""
    order = sorted(groups)
    for start in range(0, len(order), _PIECE):
        piece = order[start : start + _PIECE]
        for state in said.pointing(connection, "membership", GROUP, piece):
            if is_pupil(state.fields):
                yield state.fields[GROUP], state.fields["member"]


def is_pupil(fields: Mapping[str, Any]) -> bool:
    """Whether a membership is that of a pupil."""
    return bool(fields["member_kind"] == "PERSON" and fields["role"] == "PUPIL")


def withdrawn(connection: sa.Connection, keys: Collection[str]) -> list[SaidState]:
    """The memberships of these keys, those of pupils only."""
    states = said.states(connection, "membership", keys)
    return [state for state in states.values() if not state.deleted and is_pupil(state.fields)]


def _group(value: Mapping[str, Any]) -> Group:
    levels, places = tuple(value["levels"]), tuple(value["establishments"])
    return Group(value["kind"], value["name"] or "", levels, places)
