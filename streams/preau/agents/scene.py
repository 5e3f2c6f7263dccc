"""One project and what the store says around it: what is held of it, and what is wanted now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

import sqlalchemy as sa

from preau.agents.documents import HOMEWORK, SHARE, Documents
from preau.agents.touched import Touched
from preau.agents.wanted import (
    Known,
    Member,
    Recipient,
    homework_entity,
    people,
    share_entity,
)
from preau.store import outgoing, persons, projects
from preau.store import said as said_store
from preau.store.outgoing import Row, Wanted
from preau.store.projects import Project
from preau.store.said import GROUP

_NO_MEMBER = frozenset({"GUARDIAN"})
"""Roles that do not take part: a purpose that lists families comes with mandates."""
Change = tuple[Sequence[Row], Sequence[Wanted], Collection[str]]
"""What is held, what is wanted, and the entities whose source spoke just now."""


class Scene:
    """Everything that one project's deliveries follow from, read inside one transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        project: Project,
        recipient: Callable[[str], Recipient | None],
        pseudonym: Callable[[str, str], str],
        documents: Documents,
    ) -> None:
        self._connection = connection
        self._project = project
        self._recipient = recipient
        self._pseudonym = pseudonym
        self._documents = documents

    def changes(self, touched: Touched) -> Iterator[Change]:
        """What changes, as little as what was touched asks for."""
        project = self._project.id
        shares, works = touched.shares.get(project, set()), touched.works.get(project, set())
        said = {*map(share_entity, shares), *map(homework_entity, works)}
        if project in touched.whole:
            names = projects.aliases_of(self._connection, project)
            shares |= {s.key for s in said_store.pointing(self._connection, SHARE, GROUP, names)}
            works |= {s.key for s in said_store.pointing(self._connection, HOMEWORK, GROUP, names)}
            held, there = outgoing.of_project(self._connection, project), list(self._people())
            papers = self._papers(shares, works, held)
            yield held, [*there, *papers], said | _spoken(there, touched)
            return
        if project in touched.people:
            there = list(self._people())
            held = outgoing.of_people(self._connection, project)
            yield held, there, _spoken(there, touched)
        if shares or works:
            held = outgoing.of_entities(self._connection, project, said)
            yield held, self._papers(shares, works, held), said

    def _papers(self, shares: set[str], works: set[str], held: Sequence[Row]) -> list[Wanted]:
        documents = self._documents
        return [*documents.shares(shares, held), *documents.works(works, held)]

    def _people(self) -> Iterator[Wanted]:
        project, connection = self._project, self._connection
        classes = {key for place in project.places for key in place.groups}
        members = self._members(classes)
        people_of = {m.person for each in members.values() for m in each if m.person}
        accounts: dict[str, list[str]] = {}
        for entry in persons.living(connection, people_of).values():
            accounts.setdefault(entry.person, []).append(entry.source)
        recipients = {p.instance: r for p in project.places if (r := self._recipient(p.instance))}
        groups = said_store.states(connection, "group", classes)
        yield from people(project, Known(recipients, groups, members, accounts, self._pseudonym))

    def _members(self, classes: Collection[str]) -> dict[str, list[Member]]:
        """The people of each class, from memberships said one by one and from rosters."""
        found: dict[str, dict[str, str]] = {}
        for group, source, cause in self._enrolled(classes):
            found.setdefault(group, {}).setdefault(source, cause)
        sources = {source for each in found.values() for source in each}
        known = persons.entries(self._connection, sources)
        gone = {source for source, entry in known.items() if entry.deleted}
        return {
            group: [
                Member(source, known[source].person if source in known else None, cause)
                for source, cause in sorted(each.items())
                if source not in gone
            ]
            for group, each in found.items()
        }

    def _enrolled(self, classes: Collection[str]) -> Iterator[tuple[str, str, str]]:
        for state in said_store.pointing(self._connection, "membership", GROUP, classes):
            if _takes_part(state.fields["member_kind"], state.fields["role"]):
                yield state.fields["group"], state.fields["member"], state.event_id
        for state in said_store.pointing(self._connection, "roster", GROUP, classes):
            for each in state.fields["members"]:
                if _takes_part(each["member_kind"], each["role"]):
                    yield state.fields["group"], each["member"], state.event_id


def _spoken(people: Iterable[Wanted], touched: Touched) -> set[str]:
    """Those whose class, or whose place in it, was said just now."""
    return {each.entity for each in people if each.cause in touched.events}


def _takes_part(kind: str, role: str) -> bool:
    return kind == "PERSON" and role not in _NO_MEMBER
