"""One project and what the store says around it: what is held of it, and what is wanted now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

import sqlalchemy as sa

from preau.agents.class_lists import classes_of
from preau.agents.documents import SHARE, Documents
from preau.agents.following import Following, There
from preau.agents.happenings import HAPPENINGS, happening_entity
from preau.agents.pupils import pupils_among
from preau.agents.touched import Touched, Work
from preau.agents.wanted import (
    Known,
    Member,
    Recipient,
    seats,
    share_entity,
)
from preau.agents.work_groups import groups_and_members, is_of_classes
from preau.store import lost_groups, made_there, outgoing, persons
from preau.store import said as said_store
from preau.store.lost_groups import Lost
from preau.store.outgoing import Row, Wanted
from preau.store.projects import Project
from preau.store.rights import Rights
from preau.store.said import GROUP, SaidState

PERSON = "PERSON"
Change = tuple[Sequence[Row], Sequence[Wanted], Collection[str]]
"""What is held, what is wanted, and the entities whose source spoke just now."""


class Scene:
    """Everything that one project's deliveries follow from, read inside one transaction."""

    def __init__(
        self,
        connection: sa.Connection,
        project: Project,
        rights: Rights,
        recipient: Callable[[str], Recipient | None],
        pseudonym: Callable[[str, str], str],
        now_ms: int,
    ) -> None:
        self._connection = connection
        self._project = project
        self._rights = rights
        self._recipient = recipient
        self._pseudonym = pseudonym
        self._now = now_ms
        self._documents = Documents(connection, project, rights, now_ms)
        self._following = Following(connection, project, rights, now_ms)

    def changes(self, touched: Touched) -> Iterator[Change]:
        """What changes, as little as what was touched asks for."""
        project = self._project.id
        shares, works = touched.shares.get(project, set()), touched.works.get(project, set())
        said = {share_entity(each, self._project.group) for each in shares}
        said |= {happening_entity(*each, self._project.group) for each in works}
        if project in touched.whole:
            names = made_there.of_project(self._connection, project)
            shares |= {s.key for s in said_store.pointing(self._connection, SHARE, GROUP, names)}
            works |= self._works(names)
            held = outgoing.of_project(self._connection, project)
            there = self._people(held)
            papers = self._papers(shares, works, held)
            anew = {row.entity for row in held} if project in touched.anew else set()
            yield held, [*there, *papers], said | anew | _spoken(there, touched)
            return
        if project in touched.people:
            held = outgoing.of_people(self._connection, project)
            there = self._people(held)
            yield held, there, _spoken(there, touched)
        if shares or works:
            held = outgoing.of_entities(self._connection, project, said)
            yield held, self._papers(shares, works, held), said

    def _papers(self, shares: set[str], works: set[Work], held: Sequence[Row]) -> list[Wanted]:
        found = self._documents.shares(shares, held)
        for record in HAPPENINGS:
            keys = {key for of, key in works if of == record}
            if keys:
                found += self._documents.works(record, keys, held)
        return found

    def _works(self, groups: Collection[str]) -> set[Work]:
        """All that was given to the group, whatever it is."""
        connection = self._connection
        return {
            (record, state.key)
            for record in HAPPENINGS
            for state in said_store.pointing(connection, record, GROUP, groups)
        }

    def _people(self, held: Sequence[Row]) -> list[Wanted]:
        """The group and its members in every ENT; a group that becomes another kind goes first."""
        connection, project, known = self._connection, self._project, self._known_now()
        of, leaving = partial(classes_of, connection), set[str]()
        for name in (n for n, card in known.recipients.items() if is_of_classes(card)):
            if outgoing.unanswered(connection, project.id, name, "GROUP_REMOVE"):
                leaving.add(name)
        found = groups_and_members(project, known, held, leaving, of)
        changing = [Lost(name, entity, project.id) for name, entity in sorted(found.changing)]
        lost_groups.expect(connection, changing, self._now)
        return found.wanted

    def _known_now(self) -> Known:
        project, connection = self._project, self._connection
        classes = {key for place in project.places for key in place.groups}
        members, picked = self._members(classes), self._picked()
        groups = said_store.states(connection, "group", classes)
        following = self._following.members(There(members, picked, groups))
        everybody = [
            each
            for group in (members, picked, following)
            for found in group.values()
            for each in found
        ]
        accounts: dict[str, list[str]] = {}
        for entry in persons.living(connection, {m.person for m in everybody if m.person}).values():
            accounts.setdefault(entry.person, []).append(entry.source)
        named = {seat.instance for place in project.places for seat in seats(place)}
        recipients = {name: r for name in sorted(named) if (r := self._recipient(name))}
        known = (self._rights, recipients, groups, members, picked, accounts, self._pseudonym)
        pupils: frozenset[str] = frozenset()
        if any(each.adults_only for each in recipients.values()):
            sources = {each.source for each in everybody if each.source}
            pupils = pupils_among(connection, sources.union(*accounts.values()))
        return Known(*known, following, pupils)

    def _members(self, classes: Collection[str]) -> dict[str, list[Member]]:
        """The people of each class, from memberships said one by one and from rosters."""
        found: dict[str, list[Member]] = {}
        for group, member in self._enrolled(classes):
            found.setdefault(group, []).append(member)
        return self._known(found)

    def _picked(self) -> dict[str, list[Member]]:
        """The people whom somebody picked, by establishment.

        An ENT that an establishment left deletes accounts: whoever they are stays picked.
        """
        cause = self._project.event_id
        left = {each.instance for place in self._project.places for each in place.former}
        picked = (each.source for place in self._project.places for each in place.picks)
        stay = {each for each in picked if each.partition("/")[0] in left}
        return self._known(
            {
                place.uai: [Member(each.source, None, cause, each.role) for each in place.picks]
                for place in self._project.places
            },
            stay,
        )

    def _known(
        self, found: Mapping[str, Sequence[Member]], stay: Collection[str] = ()
    ) -> dict[str, list[Member]]:
        """The same with the person that each is; whoever left is not there, unless in `stay`."""
        sources = {member.source for each in found.values() for member in each}
        known = persons.entries(self._connection, sources)
        gone = {source for source, entry in known.items() if entry.deleted}.difference(stay)
        return {
            where: [
                m._replace(person=known[m.source].person if m.source in known else None)
                for m in sorted(each, key=lambda member: member.source)
                if m.source not in gone
            ]
            for where, each in found.items()
        }

    def _enrolled(self, classes: Collection[str]) -> Iterator[tuple[str, Member]]:
        """(class, member) by every word; a member that is a group itself takes nobody in."""
        for state in said_store.pointing(self._connection, "membership", GROUP, classes):
            if state.fields["member_kind"] == PERSON:
                role = state.fields["role"]
                yield state.fields["group"], _member(state, state.fields["member"], role)
        for state in said_store.pointing(self._connection, "roster", GROUP, classes):
            for each in state.fields["members"]:
                if each["member_kind"] == PERSON:
                    yield state.fields["group"], _member(state, each["member"], each["role"])


def _member(state: SaidState, source: str, role: str) -> Member:
    by = state.key.partition("/")[0]
    return Member(source, None, state.event_id, role, state.record, by)


def _spoken(people: Iterable[Wanted], touched: Touched) -> set[str]:
    """Those whose class, or whose place in it, was said just now."""
    return {each.entity for each in people if each.cause in touched.events}
