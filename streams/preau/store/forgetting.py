"""Takes a person out of the hub's tables: a row that names one of its accounts goes, or changes.

What may stay of a person is what an ENT is still to withdraw, until it has answered. A table that
names accounts and is not here is found by the test that walks through all of them. Functions work
inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.canon.codec import decode, encode
from preau.store.named import named
from preau.store.persons import chunks

_OF_SOURCES = (
    *("person_entry", "person_key", "person_trace", "person_move", "person_past", "person_ruled"),
    *("person_origin", "project_pick"),
)
_BY_SOURCE = {
    table: named(f"delete from {table} where source in :named")  # noqa: S608 - our own tables
    for table in _OF_SOURCES
}
_ACCOUNTS = named(
    "select person, source from person_entry where person in :named"
    " union select person, source from person_trace where person in :named"
)
_RULINGS = named("select distinct ruling from ruling_source where source in :named")
_DROP_RULINGS = (
    named("delete from ruling_source where ruling in :named"),
    named("delete from ruling where id in :named"),
)
_POINTING = named(
    "select distinct record, key from said_point where role = 'member' and target in :named"
)
_FIELDS = named("select key, fields from said where record = 'roster' and key in :named")
_DROP_SAID = sa.text("delete from said where record = :record and key = :key")
_DROP_POINTS = sa.text("delete from said_point where record = :record and key = :key")
_FEWER = sa.text("update said set fields = :fields where record = 'roster' and key = :key")
_DROP_TARGET = named("delete from said_point where role = 'member' and target in :named")
_KEPT_BACK = sa.text("select record, key, value from kept_back order by record, key")
_DROP_KEPT_BACK = sa.text("delete from kept_back where record = :record and key = :key")
_REWRITE = sa.text("update kept_back set value = :value where record = :record and key = :key")
_HELD = named(
    "select destination, entity, operation, version, answered from outgoing"
    " where destination = :destination and local in :named"
)
_WAITS = sa.text("select destination, entity from outgoing where operation like 'MEMBER_WAIT%'")
_OF_ENTITY = tuple(
    sa.text(f"delete from {table} where destination = :destination and entity = :entity")  # noqa: S608
    for table in (
        "outgoing",
        "delivery_parent",
        "delivery",
        "native_id",
        "orphan",
        "receipt_late",
        "receipt",
    )
)
_NEVER_SENT = sa.text(
    "select 1 from outgoing o where o.destination = :destination and o.entity = :entity"
    " and o.operation = 'MEMBER_REMOVE' and o.sent = true and o.answered = true and not exists"
    " (select 1 from delivery d where d.destination = o.destination and d.entity = o.entity"
    " and d.version = o.version)"
)
_ANSWER = sa.text(
    "select operation, outcome, reason, at from receipt"
    " where destination = :destination and entity = :entity"
)


class Held(NamedTuple):
    """One membership that an ENT was told of; `operation` is what it was told last."""

    destination: str
    entity: str
    operation: str
    version: int
    answered: bool

    def place(self) -> dict[str, str]:
        """Where it stands, for `drop_entities`."""
        return {"destination": self.destination, "entity": self.entity}


class Answer(NamedTuple):
    """What an ENT said last of something that it is to withdraw."""

    outcome: str
    reason: str
    at: int


def accounts(connection: sa.Connection, people: Collection[str]) -> dict[str, list[str]]:
    """Person → every account it has or had, also those that left only a trace."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(people)):
        for person, source in connection.execute(_ACCOUNTS, {"named": chunk}):
            found.setdefault(person, set()).add(source)
    return {person: sorted(each) for person, each in found.items()}


def forget(connection: sa.Connection, sources: Collection[str]) -> Counter[str]:
    """Deletes what is known of these accounts; by table, how many rows went or changed."""
    gone = forget_persons(connection, sources)
    for chunk in chunks(rulings(connection, sources)):
        gone["ruling"] += len(chunk)
        for statement in _DROP_RULINGS:
            connection.execute(statement, {"named": chunk})
    for chunk in chunks(sorted(sources)):
        gone += _unsaid(connection, chunk)
    gone["kept_back"] = _not_kept_back(connection, sources)
    return gone


def forget_persons(connection: sa.Connection, sources: Collection[str]) -> Counter[str]:
    """Deletes who they are; what was said of classes stays."""
    gone: Counter[str] = Counter()
    for chunk in chunks(sorted(sources)):
        for table, statement in _BY_SOURCE.items():
            gone[table] += connection.execute(statement, {"named": chunk}).rowcount
    return gone


def memberships(connection: sa.Connection, sources: Collection[str]) -> list[str]:
    """The keys of what was said of these accounts alone: their places in classes and groups."""
    return sorted(
        key
        for chunk in chunks(sorted(sources))
        for record, key in connection.execute(_POINTING, {"named": chunk})
        if record == "membership"
    )


def spoken_of(connection: sa.Connection, source: str) -> bool:
    """Whether a class or group has this account as a member."""
    return connection.execute(_POINTING, {"named": [source]}).first() is not None


def rulings(connection: sa.Connection, sources: Collection[str]) -> list[str]:
    """The ids of what people ruled about these accounts."""
    return sorted(
        id_
        for chunk in chunks(sorted(sources))
        for id_ in connection.execute(_RULINGS, {"named": chunk}).scalars()
    )


def _unsaid(connection: sa.Connection, sources: list[str]) -> Counter[str]:
    """A membership of theirs goes whole; a roster stays, without them."""
    gone: Counter[str] = Counter()
    pointing = connection.execute(_POINTING, {"named": sources}).all()
    alone = [{"record": record, "key": key} for record, key in pointing if record != "roster"]
    rosters = sorted(key for record, key in pointing if record == "roster")
    for statement in (_DROP_SAID, _DROP_POINTS) if alone else ():
        connection.execute(statement, alone)
    for chunk in chunks(rosters):
        rows = list(_fewer(connection.execute(_FIELDS, {"named": chunk}).all(), set(sources)))
        if rows:
            connection.execute(_FEWER, rows)
    connection.execute(_DROP_TARGET, {"named": sources})
    gone["said"] = len(pointing)
    return gone


def _not_kept_back(connection: sa.Connection, sources: Collection[str]) -> int:
    """What a cut keeps back: a record about one of them goes, a list goes on without them."""
    count = 0
    for record, key, value in connection.execute(_KEPT_BACK).all():
        if key not in sources and not any(source.encode() in value for source in sources):
            continue
        count += 1
        said = {"record": record, "key": key}
        if record != "roster":
            connection.execute(_DROP_KEPT_BACK, said)
            continue
        fields = dict(decode(value).value)
        fields["members"] = [m for m in fields["members"] if m["member"] not in sources]
        connection.execute(_REWRITE, {**said, "value": encode(record, fields)})
    return count


def _fewer(rows: Iterable[Sequence[str]], without: set[str]) -> Iterator[dict[str, str]]:
    for key, text in rows:
        fields = json.loads(text)
        fields["members"] = [m for m in fields["members"] if m["member"] not in without]
        yield {"key": key, "fields": json.dumps(fields, ensure_ascii=False)}


def held(connection: sa.Connection, sources: Collection[str]) -> list[Held]:
    """What ENTs were told of these accounts, their own."""
    local: dict[str, list[str]] = {}
    for source in sorted(sources):
        instance, _, id_ = source.partition("/")
        local.setdefault(instance, []).append(id_)
    return [
        Held(destination, entity, operation, int(version), bool(answered))
        for instance, ids in local.items()
        for chunk in chunks(ids)
        for destination, entity, operation, version, answered in connection.execute(
            _HELD, {"destination": instance, "named": chunk}
        )
    ]


def drop_waiting(connection: sa.Connection, pseudonyms: Collection[str]) -> int:
    """Those who wait for an account in an ENT under one of these pseudonyms wait no longer."""
    rows = [
        {"destination": destination, "entity": entity}
        for destination, entity in connection.execute(_WAITS)
        if entity.rpartition(":")[2] in pseudonyms
    ]
    drop_entities(connection, rows)
    return len(rows)


def drop_entities(connection: sa.Connection, rows: Collection[dict[str, str]]) -> None:
    """Whatever the hub keeps of these entities of these destinations goes."""
    if rows:
        for statement in _OF_ENTITY:
            connection.execute(statement, list(rows))


def answer(connection: sa.Connection, destination: str, entity: str) -> Answer | None:
    """What an ENT said last, for good, of a withdrawal; None while nothing is known.

    An ENT whose product has no operation for it will never be asked: NOT_SUPPORTED.
    """
    said = {"destination": destination, "entity": entity}
    row = connection.execute(_ANSWER, said).one_or_none()
    if row is not None and row[0] == "MEMBER_REMOVE" and row[1] != "PENDING":
        return Answer(row[1], row[2], int(row[3]))
    never = connection.execute(_NEVER_SENT, said).one_or_none()
    return None if never is None else _NEVER


_NEVER = Answer("REFUSED", "NOT_SUPPORTED", 0)
