"""One project and what the store says around it: what is held of it, and what is wanted now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import sqlalchemy as sa

from preau.agents.touched import Touched
from preau.agents.wanted import (
    Known,
    Member,
    Recipient,
    homework_entity,
    people,
    set_work,
    share_entity,
    shared,
)
from preau.store import outgoing, persons, projects, said
from preau.store.outgoing import Row, Wanted
from preau.store.projects import Project
from preau.store.said import GROUP

_NO_MEMBER = frozenset({"GUARDIAN"})
"""Roles that do not take part: a purpose that lists families comes with mandates."""
Change = tuple[Sequence[Row], Sequence[Wanted]]


class Scene:
    """Everything that one project's deliveries follow from, read inside one transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        project: Project,
        recipient: Callable[[str], Recipient | None],
        pseudonym: Callable[[str, str], str],
    ) -> None:
        self._connection = connection
        self._project = project
        self._recipient = recipient
        self._pseudonym = pseudonym

    def changes(self, touched: Touched) -> Iterator[Change]:
        """Pairs of what is held and what is wanted, as little as what was touched asks for."""
        project = self._project.id
        if project in touched.whole:
            yield outgoing.of_project(self._connection, project), self._whole()
            return
        if project in touched.people:
            yield outgoing.of_people(self._connection, project), list(self._people())
        if keys := touched.shares.get(project, set()) | touched.works.get(project, set()):
            entities = {each(key) for key in keys for each in (share_entity, homework_entity)}
            held = outgoing.of_entities(self._connection, project, entities)
            shares = self._shares(touched.shares.get(project, set()))
            yield held, [*shares, *self._works(touched.works.get(project, set()))]

    def _whole(self) -> list[Wanted]:
        names = projects.aliases_of(self._connection, self._project.id)
        found = {
            record: {s.key for s in said.pointing(self._connection, record, GROUP, names)}
            for record in ("share", "homework")
        }
        documents = [*self._shares(found["share"]), *self._works(found["homework"])]
        return [*self._people(), *documents]

    def _people(self) -> Iterator[Wanted]:
        project, connection = self._project, self._connection
        classes = {key for place in project.places for key in place.groups}
        members = self._members(classes)
        people_of = {m.person for each in members.values() for m in each if m.person}
        accounts: dict[str, list[str]] = {}
        for entry in persons.living(connection, people_of).values():
            accounts.setdefault(entry.person, []).append(entry.source)
        recipients = {p.instance: r for p in project.places if (r := self._recipient(p.instance))}
        groups = said.states(connection, "group", classes)
        yield from people(project, Known(recipients, groups, members, accounts, self._pseudonym))

    def _members(self, classes: Collection[str]) -> dict[str, list[Member]]:
        """The people of each class, from memberships said one by one and from rosters."""
        found: dict[str, dict[str, str]] = {}
        for group, source, cause in self._enrolled(classes):
            found.setdefault(group, {}).setdefault(source, cause)
        sources = {source for each in found.values() for source in each}
        known = persons.entries(self._connection, sources)
        alive = {s: known[s].person for s in sources if s in known and not known[s].deleted}
        return {
            group: [Member(s, alive.get(s), cause) for s, cause in sorted(each.items())]
            for group, each in found.items()
        }

    def _enrolled(self, classes: Collection[str]) -> Iterator[tuple[str, str, str]]:
        for state in said.pointing(self._connection, "membership", GROUP, classes):
            if _takes_part(state.fields["member_kind"], state.fields["role"]):
                yield state.fields["group"], state.fields["member"], state.event_id
        for state in said.pointing(self._connection, "roster", GROUP, classes):
            for each in state.fields["members"]:
                if _takes_part(each["member_kind"], each["role"]):
                    yield state.fields["group"], each["member"], state.event_id

    def _shares(self, keys: Collection[str]) -> Iterator[Wanted]:
        shares = said.states(self._connection, "share", keys)
        wanted = {share.fields["resource"] for share in shares.values()}
        resources = said.states(self._connection, "resource", wanted)
        ours = projects.copies(self._connection, sorted(wanted))
        for key in sorted(shares):
            # a copy that we made there is told back to us: it is not shared a second time
            if (resource := shares[key].fields["resource"]) not in ours:
                yield from shared(self._project, shares[key], resources.get(resource))

    def _works(self, keys: Collection[str]) -> Iterator[Wanted]:
        found = said.states(self._connection, "homework", keys)
        for key in sorted(found):
            yield from set_work(self._project, found[key])


def _takes_part(kind: str, role: str) -> bool:
    return kind == "PERSON" and role not in _NO_MEMBER
