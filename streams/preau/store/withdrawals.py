"""What ENTs were told of people and are to withdraw: kept until each has answered, then forgotten.

Many people are asked about at once: a request may name a thousand. Functions work inside the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store import version_floors
from preau.store.named import named
from preau.store.naming_columns import WITHDRAWN, tables
from preau.store.persons import chunks

TABLES = tables(WITHDRAWN)
"""What is kept of an entity of a destination."""
_HELD = named(
    "select local, entity, operation, version, answered from outgoing"
    " where destination = :destination and local in :named order by local, entity"
)
_PROJECTS = named(
    "select distinct project from outgoing where destination = :destination and entity in :named"
)
_WAITS = sa.text("select destination, entity from outgoing where operation like 'MEMBER_WAIT%'")
_OF_ENTITY = tuple(
    sa.text(f"delete from {table} where destination = :destination and entity = :entity")  # noqa: S608
    for table in TABLES
)
_NEVER_SENT = named(
    "select o.entity from outgoing o where o.destination = :destination and o.entity in :named"
    " and o.operation = 'MEMBER_REMOVE' and o.sent = true and o.answered = true and not exists"
    " (select 1 from delivery d where d.destination = o.destination and d.entity = o.entity"
    " and d.version = o.version)"
)
_ANSWERS = named(
    "select entity, outcome, reason, at from receipt where destination = :destination"
    " and entity in :named and operation = 'MEMBER_REMOVE' and outcome <> 'PENDING'"
)
Spot = tuple[str, str]
"""A destination and one of its entities."""


class Held(NamedTuple):
    """One membership that an ENT was told of; `operation` is what it was told last."""

    source: str
    destination: str
    entity: str
    operation: str
    version: int
    answered: bool

    def place(self) -> Spot:
        """Where it stands."""
        return self.destination, self.entity


class Answer(NamedTuple):
    """What an ENT said last of something that it is to withdraw."""

    outcome: str
    reason: str
    at: int


_NEVER = Answer("REFUSED", "NOT_SUPPORTED", 0)


def held(connection: sa.Connection, sources: Collection[str]) -> list[Held]:
    """What ENTs were told of these accounts, their own."""
    own = [(instance, id_) for instance, _, id_ in (s.partition("/") for s in sources)]
    return [
        Held(f"{instance}/{local}", instance, entity, operation, int(version), bool(answered))
        for instance, ids in _grouped(own)
        for local, entity, operation, version, answered in _rows(connection, _HELD, instance, ids)
    ]


def projects_of(connection: sa.Connection, spots: Collection[Spot]) -> set[str]:
    """The projects by which these entities of these destinations are there."""
    return {
        project
        for to, entities in _grouped(spots)
        for (project,) in _rows(connection, _PROJECTS, to, entities)
    }


def drop_waiting(connection: sa.Connection, names: Mapping[str, str]) -> list[str]:
    """Whoever waits for an account in an ENT waits no longer; whose they were, one for each row.

    `names`: pseudonym → whose it is.
    """
    rows = [
        (destination, entity, names[name])
        for destination, entity in connection.execute(_WAITS)
        if (name := entity.rpartition(":")[2]) in names
    ]
    drop_entities(connection, [(destination, entity) for destination, entity, _ in rows])
    return [whose for _, _, whose in rows]


def drop_entities(connection: sa.Connection, spots: Collection[Spot]) -> None:
    """Whatever the hub keeps of these entities of these destinations goes."""
    if rows := [{"destination": to, "entity": entity} for to, entity in spots]:
        version_floors.forgetting(connection, version_floors.ONE_ROW, rows)
        for statement in _OF_ENTITY:
            connection.execute(statement, rows)


def answers(connection: sa.Connection, spots: Collection[Spot]) -> dict[Spot, Answer]:
    """What ENTs said last, for good, of these withdrawals; of the others nothing is known yet.

    An ENT whose product has no operation for it will never be asked: NOT_SUPPORTED.
    """
    found: dict[Spot, Answer] = {}
    for to, entities in _grouped(spots):
        for (entity,) in _rows(connection, _NEVER_SENT, to, entities):
            found[to, entity] = _NEVER
        for entity, outcome, reason, at in _rows(connection, _ANSWERS, to, entities):
            found[to, entity] = Answer(outcome, reason, int(at))
    return found


def _grouped(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    for first, each in groupby(sorted(set(pairs)), itemgetter(0)):
        yield first, [second for _, second in each]


def _rows(
    connection: sa.Connection, statement: sa.TextClause, destination: str, names: Collection[str]
) -> Iterator[Any]:
    for chunk in chunks(names):
        yield from connection.execute(statement, {"destination": destination, "named": chunk})
