"""Takes people out of the hub's tables: a row that names one of their accounts goes, or changes.

What may stay of a person is what an ENT is still to withdraw (`preau.store.withdrawals`), until it
has answered. Which columns may name somebody is `preau.store.naming_columns`; one that is not there
fails a test (tests/store/test_forgetting.py). All accounts of a request
go through each statement together: a thousand people cost little more than one. Functions work
inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from preau.canon.codec import decode, encode
from preau.store.named import named
from preau.store.naming_columns import FORGOTTEN, NAMING, tables
from preau.store.persons import chunks

TABLES = tables(FORGOTTEN)
"""What is looked through here."""
_OF_SOURCES = [each for each in TABLES if "source" in NAMING[each] and each != "ruling_source"]
_BY_SOURCE = {
    table: named(f"delete from {table} where source in :named returning source")  # noqa: S608 - our own tables
    for table in _OF_SOURCES
}
_ACCOUNTS = named(
    "select person, source from person_entry where person in :named"
    " union select person, source from person_trace where person in :named"
    " union select person, source from project_member where person in :named"
)
_RULINGS = named("select distinct ruling, source from ruling_source where source in :named")
_DROP_RULINGS = (
    named("delete from ruling_source where ruling in :named"),
    named("delete from ruling where id in :named"),
)
_POINTING = named(
    "select distinct record, key, target from said_point where role = 'member' and target in :named"
)
_FIELDS = named("select key, fields from said where record = 'roster' and key in :named")
_DROP_SAID = tuple(
    sa.text(f"delete from {table} where record = :record and key = :key")  # noqa: S608 - our own tables
    for table in ("said", "said_point", "seen_over")
)
_FEWER = sa.text("update said set fields = :fields where record = 'roster' and key = :key")
_DROP_TARGET = named("delete from said_point where role = 'member' and target in :named")
_KEPT_BACK = sa.text("select record, key, value from kept_back order by record, key")
_DROP_KEPT_BACK = sa.text("delete from kept_back where record = :record and key = :key")
_REWRITE = sa.text("update kept_back set value = :value where record = :record and key = :key")
Gone = Iterator[tuple[str, str, object]]
"""An account that a row named, the table, and what tells the row from others."""


def accounts(connection: sa.Connection, people: Collection[str]) -> dict[str, list[str]]:
    """Person → every account it has or had, also those that left only a trace."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(people)):
        for person, source in connection.execute(_ACCOUNTS, {"named": chunk}):
            found.setdefault(person, set()).add(source)
    return {person: sorted(each) for person, each in found.items()}


def forget(
    connection: sa.Connection, people: Mapping[str, Collection[str]]
) -> dict[str, Counter[str]]:
    """Deletes what is known of everybody's accounts; of each, by table, how many rows went.

    A list that goes on without them counts as one row of each. `people`: whoever is meant, by any
    name that the caller likes, and their accounts.
    """
    owners: dict[str, set[str]] = {}
    for person, sources in people.items():
        for source in sources:
            owners.setdefault(source, set()).add(person)
    rows = {
        (person, table, row)
        for source, table, row in _forget(connection, sorted(owners))
        for person in owners[source]
    }
    gone: dict[str, Counter[str]] = {person: Counter() for person in people}
    for person, table, _ in rows:
        gone[person][table] += 1
    return gone


def forget_persons(connection: sa.Connection, sources: Collection[str]) -> None:
    """Deletes who they are; what was said of classes stays."""
    for _ in _nobody(connection, sorted(sources)):
        pass


def memberships(connection: sa.Connection, sources: Collection[str]) -> list[str]:
    """The keys of what was said of these accounts alone: their places in classes and groups."""
    return sorted(
        key
        for chunk in chunks(sorted(sources))
        for record, key, _ in connection.execute(_POINTING, {"named": chunk})
        if record == "membership"
    )


def spoken_of(connection: sa.Connection, sources: Collection[str]) -> set[str]:
    """Those of these accounts that a class or group has as members."""
    return {
        target
        for chunk in chunks(sorted(sources))
        for _, _, target in connection.execute(_POINTING, {"named": chunk})
    }


def rulings(connection: sa.Connection, sources: Collection[str]) -> list[str]:
    """The ids of what people ruled about these accounts."""
    return sorted({ruling for ruling, _ in _rulings(connection, sources)})


def _rulings(connection: sa.Connection, sources: Collection[str]) -> Iterator[tuple[str, str]]:
    for chunk in chunks(sorted(sources)):
        yield from map(tuple, connection.execute(_RULINGS, {"named": chunk}))


def _forget(connection: sa.Connection, sources: Sequence[str]) -> Gone:
    yield from _nobody(connection, sources)
    ruled = list(_rulings(connection, sources))
    for chunk in chunks(sorted({ruling for ruling, _ in ruled})):
        for statement in _DROP_RULINGS:
            connection.execute(statement, {"named": chunk})
    for ruling, source in ruled:
        yield source, "ruling", ruling
    for chunk in chunks(sources):
        yield from _unsaid(connection, chunk)
    yield from _not_kept_back(connection, frozenset(sources))


def _nobody(connection: sa.Connection, sources: Sequence[str]) -> Gone:
    for chunk in chunks(sources):
        for table, statement in _BY_SOURCE.items():
            deleted = connection.execute(statement, {"named": chunk}).scalars()
            yield from ((each, table, (each, place)) for place, each in enumerate(deleted))


def _unsaid(connection: sa.Connection, sources: list[str]) -> Gone:
    """A membership of theirs goes whole; a roster stays, without them."""
    pointing = connection.execute(_POINTING, {"named": sources}).all()
    alone = {(record, key) for record, key, _ in pointing if record != "roster"}
    rosters = sorted({key for record, key, _ in pointing if record == "roster"})
    rows = [{"record": record, "key": key} for record, key in sorted(alone)]
    for statement in _DROP_SAID if rows else ():
        connection.execute(statement, rows)
    for chunk in chunks(rosters):
        found = connection.execute(_FIELDS, {"named": chunk}).all()
        if fewer := list(_fewer(found, frozenset(sources))):
            connection.execute(_FEWER, fewer)
    connection.execute(_DROP_TARGET, {"named": sources})
    for record, key, target in pointing:
        yield target, "said", (record, key)


def _not_kept_back(connection: sa.Connection, sources: frozenset[str]) -> Gone:
    """What a cut keeps back: a record about one of them goes, a list goes on without them."""
    instances = {source.partition("/")[0].encode() for source in sources}
    for record, key, value in connection.execute(_KEPT_BACK).all():
        if not any(instance in value for instance in instances):
            continue  # most, and quickly: a record names its instance
        fields = dict(decode(value).value)
        about = sources.intersection((key, *_texts(fields)))
        if not about:
            continue
        row = {"record": record, "key": key}
        if record != "roster":
            connection.execute(_DROP_KEPT_BACK, row)
        else:
            members = [each for each in fields["members"] if each["member"] not in sources]
            encoded = encode(record, {**fields, "members": members})
            connection.execute(_REWRITE, {**row, "value": encoded})
        for source in sorted(about):
            yield source, "kept_back", (record, key)


def _texts(value: Any) -> Iterator[str]:
    """Every text that stands in a record, whole: `ecole/1` is not in `ecole/12`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _fewer(rows: Iterable[Sequence[str]], without: frozenset[str]) -> Iterator[dict[str, str]]:
    for key, text in rows:
        fields = json.loads(text)
        fields["members"] = [m for m in fields["members"] if m["member"] not in without]
        yield {"key": key, "fields": json.dumps(fields, ensure_ascii=False)}
