"""Which projects, and which of their documents, a batch may have changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import sqlalchemy as sa

from preau.agents.happenings import HAPPENINGS
from preau.store import aliases, made_there, outgoing, persons, remembered, said, taking_part
from preau.store.persons import Entry
from preau.store.said import GROUP, MEMBER, RESOURCE, SaidState
from preau.store.waiting import Waiting

Work = tuple[str, str]
"""What is given to groups: (record, key)."""

Thing = TypeVar("Thing", str, Work)


@dataclass
class Touched:
    """`whole`: projects to look at from end to end; `people`: only their group and members.

    `shares` and `works` are what was said of single documents and, as (record, key), of
    what is given to groups (`happenings`), by project; `events`
    are the events that said something new, `anew` projects of which what was refused is told again,
    `lost` what an ENT does not hold any more, `undone` what it holds though it was withdrawn, as
    (destination, entity).
    """

    whole: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    shares: dict[str, set[str]] = field(default_factory=dict)
    works: dict[str, set[Work]] = field(default_factory=dict)
    events: set[str] = field(default_factory=set)
    anew: set[str] = field(default_factory=set)
    lost: set[tuple[str, str]] = field(default_factory=set)
    undone: set[tuple[str, str]] = field(default_factory=set)

    def projects(self) -> set[str]:
        """Every project that is touched in some way."""
        return self.whole | self.people | self.shares.keys() | self.works.keys()

    def by_states(self, connection: sa.Connection, kept: Sequence[SaidState]) -> None:
        """Adds what follows from new states of groups, members, documents, homework."""
        self.events |= {state.event_id for state in kept}
        classes: set[str] = set()
        resources: set[str] = set()
        shares: dict[str, list[str]] = {}
        works: dict[Work, list[str]] = {}
        for state in kept:
            groups = [target for role, target in state.points if role == GROUP]
            if state.record == "share":
                shares[state.key] = groups
            elif state.record in HAPPENINGS:
                works[state.record, state.key] = groups
            elif state.record == "resource":
                resources.add(state.key)
            else:  # whoever joins or leaves a class, or the class itself
                classes.update(groups, [state.key] if state.record == "group" else ())
        self.people |= taking_part.with_classes(connection, sorted(classes))
        _by_alias(connection, shares, self.shares)
        _by_alias(connection, works, self.works)
        self.by_resources(connection, resources)
        self._by_arrivals(connection, kept)

    def _by_arrivals(self, connection: sa.Connection, kept: Sequence[SaidState]) -> None:
        """Adds the projects of whoever may have arrived in a class that is not in any project."""
        about = [each for each in kept if each.record in ("group", "membership", "roster")]
        places = {s.fields["uai"] for s in kept if s.record == "establishment" if s.fields["uai"]}
        if not (about or places) or not remembered.any_known(connection):
            return
        pupils = {target for each in about for role, target in each.points if role == MEMBER}
        groups = [each.key for each in about if each.record == "group"]
        for record in ("membership", "roster"):
            lists = [state.key for state in said.pointing(connection, record, GROUP, groups)]
            pupils.update(*said.targets(connection, record, MEMBER, lists).values())
        people = {entry.person for entry in persons.entries(connection, pupils).values()}
        self.people |= {row.project for row in remembered.of(connection, pupils, people)}
        self.people |= remembered.projects_at(connection, places)

    def by_resources(self, connection: sa.Connection, resources: Collection[str]) -> None:
        """Adds the shares of these documents."""
        shares = said.pointing(connection, "share", RESOURCE, resources)
        _by_alias(connection, {s.key: [s.fields["group"]] for s in shares}, self.shares)

    def by_works(self, connection: sa.Connection, record: str, keys: Collection[str]) -> None:
        """Adds these, in the projects whose group they are given to."""
        found = said.targets(connection, record, GROUP, keys)
        _by_alias(connection, {(record, key): to for key, to in found.items()}, self.works)

    def by_waiting(self, rows: Iterable[Waiting]) -> None:
        """Adds what waited for something that is there now."""
        for row in rows:
            if row.record == "share":
                self.shares.setdefault(row.project, set()).add(row.key)
            else:
                self.works.setdefault(row.project, set()).add((row.record, row.key))

    def by_links(self, connection: sa.Connection, sources: Collection[str]) -> None:
        """Adds the projects of whoever was recognised, or is no longer."""
        if not sources:
            return
        known = persons.entries(connection, sources)
        ever = persons.ever(connection, {entry.person for entry in known.values()})
        family = {source: entry for source, entry in ever.items() if not entry.deleted}
        groups = said.groups_of(connection, family.keys() | set(sources))
        self.people |= taking_part.with_classes(connection, sorted(groups))
        self.people |= taking_part.with_picks(connection, sorted(ever.keys() | set(sources)))
        self._by_people(connection, family.keys() | set(sources), known)
        by_instance: dict[str, list[str]] = {}
        for source in sources:
            instance, _, local = source.partition("/")
            by_instance.setdefault(instance, []).append(local)
        for instance, ids in by_instance.items():
            self.people |= outgoing.projects_with(connection, instance, ids)

    def _by_people(
        self, connection: sa.Connection, sources: Collection[str], known: Mapping[str, Entry]
    ) -> None:
        """Adds the projects that remember one of these, whoever they were before."""
        if remembered.any_known(connection):
            people = {entry.person for entry in known.values()}
            people |= {past.person for past in aliases.past(connection, known)}
            self.people |= {row.project for row in remembered.of(connection, sources, people)}


def _by_alias(
    connection: sa.Connection, pointed: Mapping[Thing, Sequence[str]], into: dict[str, set[Thing]]
) -> None:
    """Notes each object under the projects whose group it names, if it names one."""
    named = sorted({target for targets in pointed.values() for target in targets})
    owner = made_there.groups(connection, named)
    for key, targets in pointed.items():
        for project in {owner[target] for target in targets if target in owner}:
            into.setdefault(project, set()).add(key)
