"""What is shared with a project's group or given to it: what goes to its ENTs now, what waits.

Some ENTs tell us back the copies that we made there. The answer to a delivery names its copy; what
an ENT says under the title of a delivery that it has not answered waits for that answer, ten
minutes at most: so no copy is shared a second time, whichever comes first. What an ENT gave before
it left the project stays with the others as it was told then: pupils who go on find it there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from preau.agents.happenings import HAPPENINGS, given, happening_entity
from preau.agents.wanted import may_speak, share_entity, shared
from preau.store import made_there, outgoing, said, waiting
from preau.store.mandates import EVERY
from preau.store.outgoing import Row, Wanted
from preau.store.projects import Project
from preau.store.rights import Rights
from preau.store.said import SaidState
from preau.store.waiting import ECHO, PARENT, Waiting

SHARE, RESOURCE = "share", "resource"
ECHO_MS = 10 * 60_000
"""An ENT answers within seconds, or not for hours: what is its own never waits longer than this."""


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

    def works(self, record: str, keys: Collection[str], held: Sequence[Row]) -> list[Wanted]:
        """What follows from these homework, notices …; `held` was wanted of them before."""
        found = self._said(record, keys)
        ours = made_there.copies(self._connection, record, sorted(found))
        spoken = {key: work for key, work in sorted(found.items()) if key not in ours}
        titles = {key: str(work.fields["title"] or "") for key, work in spoken.items()}
        echoes = self._echoes(record, titles, held)
        self._note(record, keys, dict.fromkeys(echoes, ECHO))
        there = (work for key, work in spoken.items() if key not in echoes)
        kept = self._kept(record, keys, held)
        return [*kept, *(w for each in there for w in given(self._project, each, self._rights))]

    def _kept(self, record: str, keys: Collection[str], held: Sequence[Row]) -> Iterator[Wanted]:
        """What ENTs that left gave before: what they say after their day is only a withdrawal."""
        rights = self._rights
        owners = {key: key.partition("/")[0] for key in keys}
        mine = [k for k, o in owners.items() if o in rights.left and not rights.heard(o, record)]
        there = said.states(self._connection, record, mine)
        named = {s.fields["resource"] for s in there.values()} if record == SHARE else ()
        known = said.states(self._connection, RESOURCE, named)
        gone = {key for key, resource in known.items() if resource.deleted}
        there = {k: s for k, s in there.items() if s.fields.get("resource") not in gone}
        names = made_there.of_project(self._connection, self._project.id) if there else []
        stay = [s for s in there.values() if not s.deleted and not _own_groups(s).isdisjoint(names)]
        entities = {self._entity(record, state.key) for state in stay}
        put = [r for r in held if r.entity in entities and r.operation == f"{record.upper()}_PUT"]
        there_before = [row for row in put if record in rights.listed(row.destination)]
        yield from map(outgoing.as_wanted, there_before)
        then: dict[str, dict[str, Any]] = {}
        for row in put:
            then.setdefault(row.entity, {}).update(row.body)
        told = {(row.destination, row.entity) for row in there_before}
        for wanted in (each for state in stay for each in self._moved(state, known)):
            if wanted.entity in then and (wanted.destination, wanted.entity) not in told:
                yield wanted._replace(body={**wanted.body, **then[wanted.entity]})

    def _moved(self, state: SaidState, known: Mapping[str, SaidState]) -> Iterator[Wanted]:
        """What an establishment gave from the ENT before, while it takes part from another.

        `known` are the documents that shares are of. It goes to whoever may have it now, the new
        ENT first of all, in the words of then.
        """
        owner, rights, project = state.key.partition("/")[0], self._rights, self._project
        if not any(
            (place.uai, place.instance) in rights.places
            for place in project.places
            if owner in (former.instance for former in place.former)
        ):
            return
        as_then = {(owner, each, EVERY) for each in (state.record, RESOURCE)}
        rights = rights._replace(says=rights.says | as_then)
        if state.record != SHARE:
            yield from given(project, state, rights)
        elif (resource := known.get(state.fields["resource"])) is not None:
            yield from shared(project, state, resource, rights)

    def _entity(self, record: str, key: str) -> str:
        group = self._project.group
        return share_entity(key, group) if record == SHARE else happening_entity(record, key, group)

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
        told = {row.entity for row in held if not row.operation.endswith("_REMOVE")}
        fresh = {key: t for key, t in titles.items() if self._entity(record, key) not in told}
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
        """The titles of what this instance is told and has not answered.

        A document that it tells of may also be the page of homework, a notice or a date.
        """
        records = (record, *HAPPENINGS) if record == SHARE else (record,)
        rows = (
            row
            for each in records
            for row in outgoing.unanswered(
                self._connection, self._project.id, instance, f"{each.upper()}_PUT"
            )
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
    """The groups that something is for; an ENT speaks to its own groups only."""
    named = [state.fields["group"]] if state.record == SHARE else state.fields["groups"]
    mine = state.key.partition("/")[0] + "/"
    return {group for group in named if group.startswith(mine)}
