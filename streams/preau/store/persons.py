"""Who is known: every account and file entry, the keys that tell it, and the person it belongs to.

A key (national reference, INE digest, staff number) is kept only to compare; it goes when its
entry goes. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import sqlalchemy as sa

CHUNK = 500
_NUMBER = sa.BigInteger


class Entry(NamedTuple):
    """One account or file entry: `source` is `<instance>/<source id>`, `person` the hub's own id.

    `version` is the vendor's, of the state last seen; `decisions` counts the decisions on it.
    """

    source: str
    version: int
    deleted: bool
    person: str
    rule: str
    decisions: int


class MatchKey(NamedTuple):
    """What a source can be recognised by: kind (`national_ref`, `ine_digest`, …) and value."""

    source: str
    kind: str
    value: str


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "person_entry" in metadata.tables:
        return
    sa.Table(
        "person_entry",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("version", _NUMBER, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("person", sa.Text, nullable=False, index=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("decisions", _NUMBER, nullable=False),
    )
    sa.Table(
        "person_key",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("source", "kind", "value")),
        sa.Index("person_key_value", "kind", "value"),
    )


_ENTRY = ", ".join(Entry._fields)
_BY_SOURCE = sa.text(
    f"select {_ENTRY} from person_entry where source in :named"  # noqa: S608 - our own column names
).bindparams(sa.bindparam("named", expanding=True))
_BY_PERSON = sa.text(
    f"select {_ENTRY} from person_entry where person in :named and not deleted"  # noqa: S608
).bindparams(sa.bindparam("named", expanding=True))
_KEYS_OF = sa.text("select source, kind, value from person_key where source in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_SOURCES_WITH = sa.text(
    "select source from person_key where kind = :kind and value in :named"
).bindparams(sa.bindparam("named", expanding=True))
_PUT = sa.text(
    "insert into person_entry values (:source, :version, :deleted, :person, :rule, :decisions)"
    " on conflict (source) do update set version = excluded.version, deleted = excluded.deleted,"
    " person = excluded.person, rule = excluded.rule, decisions = excluded.decisions"
)
_DROP_KEYS = sa.text("delete from person_key where source = :source")
_ADD_KEY = sa.text("insert into person_key values (:source, :kind, :value) on conflict do nothing")


def chunks(named: Iterable[str]) -> Iterator[list[str]]:
    """The names, five hundred at a time: what one statement may bind."""
    waiting = iter(named)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def entries(connection: sa.Connection, sources: Collection[str]) -> dict[str, Entry]:
    """What is known of these sources, deleted ones included."""
    return {each.source: each for each in _entries(connection, _BY_SOURCE, sources)}


def living(connection: sa.Connection, people: Collection[str]) -> dict[str, Entry]:
    """Every source of these people that still exists."""
    return {each.source: each for each in _entries(connection, _BY_PERSON, people)}


def keys_of(connection: sa.Connection, sources: Collection[str]) -> list[MatchKey]:
    """The keys of these sources."""
    return [
        MatchKey(*row)
        for chunk in chunks(sources)
        for row in connection.execute(_KEYS_OF, {"named": chunk})
    ]


def sources_with(connection: sa.Connection, keys: Iterable[MatchKey]) -> set[str]:
    """Every source that has one of these keys."""
    by_kind: dict[str, set[str]] = {}
    for key in keys:
        by_kind.setdefault(key.kind, set()).add(key.value)
    return {
        source
        for kind, values in by_kind.items()
        for chunk in chunks(sorted(values))
        for source in connection.execute(_SOURCES_WITH, {"kind": kind, "named": chunk}).scalars()
    }


def put_keys(connection: sa.Connection, sources: Collection[str], keys: Sequence[MatchKey]) -> None:
    """These keys, and no others, are those of these sources."""
    if sources:
        connection.execute(_DROP_KEYS, [{"source": source} for source in sources])
    if keys:
        connection.execute(_ADD_KEY, [key._asdict() for key in keys])


def put_entries(connection: sa.Connection, rows: Sequence[Entry]) -> None:
    """Writes entries as they are now."""
    if rows:
        connection.execute(_PUT, [row._asdict() for row in rows])


def _entries(
    connection: sa.Connection, statement: sa.TextClause, named: Collection[str]
) -> Iterator[Entry]:
    for chunk in chunks(sorted(named)):
        for row in connection.execute(statement, {"named": chunk}):
            yield _entry(row)


def _entry(row: Any) -> Entry:
    source, version, deleted, person, rule, decisions = row
    return Entry(source, int(version), bool(deleted), person, rule, int(decisions))
