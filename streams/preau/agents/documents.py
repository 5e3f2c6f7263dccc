"""The shares and homework of one project: which go to its ENTs now, and which wait for what.

Some ENTs tell us back the copies that we made there. The answer to a delivery names its copy; what
an ENT says under the title of a delivery that it has not answered waits for that answer, ten
minutes at most: so no copy is shared a second time, whichever comes first. What an ENT gave before
it left the project stays with the others as it was told then: pupils who go on find it there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from preau.agents.wanted import homework_entity, may_speak, set_work, share_entity, shared
from preau.store import made_there, outgoing, said, waiting
from preau.store.outgoing import Row, Wanted
from preau.store.projects import Project
from preau.store.rights import Rights
from preau.store.said import SaidState
from preau.store.waiting import ECHO, PARENT, Waiting

SHARE, HOMEWORK, RESOURCE = "share", "homework", "resource"
ECHO_MS = 10 * 60_000
"""An ENT answers within seconds, or not for hours: what is its own never waits longer than this."""
_ENTITY: Mapping[str, Callable[[str, str], str]] = {SHARE: share_entity, HOMEWORK: homework_entity}


class Documents:
    """Reads what was said, and writes down what waits, inside one transaction."""

    def __init__(
        self, connection: sa.Connection, project: Project, rights: Rights, now_ms: int
    ) -> None:
        self._connection = connection
        self._project = project
        self._rights = rights
        self._now = now_ms

    def shares(self, keys: Collection[str], held: Sequence[Row]) -> list[Wanted]:
        """What follows from these shares; `held` is what was wanted of them before."""
        found = self._said(SHARE, keys)
        named = {share.fields["resource"] for share in found.values()}
        known = said.states(self._connection, RESOURCE, named)
        ours = made_there.copies(self._connection, RESOURCE, sorted(named))
        spoken = [
            (share, known.get(share.fields["resource"]))
            for _, share in sorted(found.items())
            if share.fields["resource"] not in ours
        ]
        titles = {s.key: str(r.fields["title"]) for s, r in spoken if r and not r.deleted}
        wait = dict.fromkeys((s.key for s, r in spoken if r is None), PARENT)
        wait |= dict.fromkeys(self._echoes(SHARE, titles, held), ECHO)
        self._note(SHARE, keys, wait)
        there = ((s, r) for s, r in spoken if r is not None and s.key not in wait)
        kept = self._kept(SHARE, keys, held)
        return [*kept, *(w for s, r in there for w in shared(self._project, s, r, self._rights))]

    def works(self, keys: Collection[str], held: Sequence[Row]) -> list[Wanted]:
        """What follows from these homework; `held` is what was wanted of them before."""
        found = self._said(HOMEWORK, keys)
        ours = made_there.copies(self._connection, HOMEWORK, sorted(found))
        spoken = {key: work for key, work in sorted(found.items()) if key not in ours}
        titles = {key: str(work.fields["title"] or "") for key, work in spoken.items()}
        echoes = self._echoes(HOMEWORK, titles, held)
        self._note(HOMEWORK, keys, dict.fromkeys(echoes, ECHO))
        there = (work for key, work in spoken.items() if key not in echoes)
        kept = self._kept(HOMEWORK, keys, held)
        return [*kept, *(w for each in there for w in set_work(self._project, each, self._rights))]

    def _kept(self, record: str, keys: Collection[str], held: Sequence[Row]) -> Iterator[Wanted]:
        """What ENTs that left gave before: what they say after their day is only a withdrawal."""
        rights = self._rights
        owners = {key: key.partition("/")[0] for key in keys}
        mine = [k for k, o in owners.items() if o in rights.left and not rights.heard(o, record)]
        there = said.states(self._connection, record, mine)
        if record == SHARE:
            named = {state.fields["resource"] for state in there.values()}
            gone = {
                k for k, r in said.states(self._connection, RESOURCE, named).items() if r.deleted
            }
            there = {k: s for k, s in there.items() if s.fields["resource"] not in gone}
        names = made_there.of_project(self._connection, self._project.id) if there else []
        stay = (s for s in there.values() if not s.deleted and not _own_groups(s).isdisjoint(names))
        entities = {_ENTITY[record](state.key, self._project.group) for state in stay}
        for row in held:
            given = row.entity in entities and row.operation == f"{record.upper()}_PUT"
            if given and record in rights.listed(row.destination):
                yield outgoing.as_wanted(row)

    def _said(self, record: str, keys: Collection[str]) -> dict[str, SaidState]:
        """Those of these that are for the project's group, from an ENT that may speak to it."""
        names = made_there.of_project(self._connection, self._project.id) if keys else []
        return {
            key: state
            for key, state in said.states(self._connection, record, keys).items()
            if may_speak(state, self._rights) and not _own_groups(state).isdisjoint(names)
        }

    def _echoes(
        self, record: str, titles: Mapping[str, str], held: Sequence[Row]
    ) -> Collection[str]:
        """Those that may be our own copies: not given out yet, under a title that is under way."""
        given = {row.entity for row in held if not row.operation.endswith("_REMOVE")}
        fresh = {
            key: t
            for key, t in titles.items()
            if _ENTITY[record](key, self._project.group) not in given
        }
        under_way = {
            instance: self._under_way(record, instance)
            for instance in {key.partition("/")[0] for key in fresh}
        }
        maybe = [key for key, t in fresh.items() if t in under_way[key.partition("/")[0]]]
        held_back = waiting.of(self._connection, self._project.id, record, maybe)
        return {
            key
            for key in maybe
            if (row := held_back.get(key)) is None
            or row.why != ECHO
            or self._now - row.since < ECHO_MS
        }

    def _under_way(self, record: str, instance: str) -> set[str]:
        """The titles of what this instance is told and has not answered."""
        rows = outgoing.unanswered(
            self._connection, self._project.id, instance, f"{record.upper()}_PUT"
        )
        return {str(row.body["title"] or "") for row in rows if "title" in row.body}

    def _note(self, record: str, keys: Collection[str], wait: Mapping[str, str]) -> None:
        held = waiting.of(self._connection, self._project.id, record, keys)
        waiting.drop(self._connection, [row for key, row in held.items() if key not in wait])
        fresh = [
            Waiting(record, key, self._project.id, key.partition("/")[0], why, self._now)
            for key, why in wait.items()
            if key not in held or held[key].why != why
        ]
        waiting.put(self._connection, fresh)


def _own_groups(state: SaidState) -> set[str]:
    """The groups that a share or homework is for; an ENT speaks to its own groups only."""
    named = [state.fields["group"]] if state.record == SHARE else state.fields["groups"]
    mine = state.key.partition("/")[0] + "/"
    return {group for group in named if group.startswith(mine)}
