"""The projects that a set touches: their classes in it, members who come, leave or go away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.imports.rehearsal_classes import Classes
from preau.imports.rehearsal_schools import Group, members
from preau.imports.rehearsed import CONTINUED, Classroom, ProjectTouched
from preau.store import persons, projects, said
from preau.store.projects import CLOSED, Project
from preau.store.said import GROUP


class _Watched(NamedTuple):
    """A project, its classes of this instance, their pupils, and members of other systems' word.

    `elsewhere` is person → the entries of this instance that are that person.
    """

    project: Project
    groups: frozenset[str]
    members: frozenset[str]
    elsewhere: Mapping[str, frozenset[str]]


class Projects:
    """Looks at the projects before a set is read, and again after it."""

    def __init__(self, connection: sa.Connection, instance: str) -> None:
        self._mine = f"{instance}/"
        found = projects.several(connection, projects.all_ids(connection))
        self._watched = [
            self._watch(connection, each)
            for each in sorted(found, key=lambda p: (p.title, p.id))
            if each.state != CLOSED
        ]

    @property
    def groups(self) -> set[str]:
        """Their classes of this instance."""
        return {group for each in self._watched for group in each.groups}

    def touched(
        self,
        fates: Mapping[str, tuple[Group, Classroom]],
        classes: Classes,
        gone: Collection[str],
    ) -> Iterator[ProjectTouched]:
        """Those that a set touches; `gone` are the entries that are in it no longer."""
        for each in self._watched:
            rooms = tuple(fates[key][1] for key in sorted(each.groups) if key in fates)
            come = _all(classes.come, each.groups) - each.members
            leave = _all(classes.left, each.groups) - _all(classes.come, each.groups)
            away = sum(1 for mine in each.elsewhere.values() if mine and mine <= set(gone))
            changed = any(room.come or room.leave or room.fate != CONTINUED for room in rooms)
            if changed or away:
                told = (each.project.title, each.project.state, rooms)
                yield ProjectTouched(*told, len(each.members), len(come), len(leave), away)

    def _watch(self, connection: sa.Connection, project: Project) -> _Watched:
        every = {group for place in project.places for group in place.groups}
        groups = frozenset(group for group in every if group.startswith(self._mine))
        pupils = frozenset(member for _, member in members(connection, groups))
        others = {member for _, member in members(connection, every - groups)}
        others |= set(_listed(connection, every - groups))
        people = {e.person for e in persons.entries(connection, others).values()}
        mine: dict[str, set[str]] = {person: set() for person in people}
        for source, entry in persons.living(connection, people).items():
            if source.startswith(self._mine):
                mine[entry.person].add(source)
        elsewhere = {person: frozenset(each) for person, each in mine.items()}
        return _Watched(project, groups, pupils, elsewhere)


def _listed(connection: sa.Connection, groups: Collection[str]) -> Iterator[str]:
    """The pupils of groups whose members are said all at once."""
    for state in said.pointing(connection, "roster", GROUP, groups):
        for each in state.fields["members"]:
            if each["member_kind"] == "PERSON" and each["role"] == "PUPIL":
                yield each["member"]


def _all(of: Mapping[str, set[str]], groups: Collection[str]) -> set[str]:
    return {member for group in groups for member in of.get(group, ())}
