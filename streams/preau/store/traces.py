"""What people who left were known by, kept for a while: whoever comes elsewhere is the same person.

A pupil of CM2 leaves the files of the écoles, perhaps before it is in those of the collège. A trace
is a key, the person it led to, and a day on which it is forgotten. Functions work inside the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks


class Trace(NamedTuple):
    """One key of an entry that is gone; `until` is in ms since 1970."""

    source: str
    kind: str
    value: str
    person: str
    until: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "person_trace" in metadata.tables:
        return
    sa.Table(
        "person_trace",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("source", "kind", "value")),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False, index=True),
        sa.Index("person_trace_value", "kind", "value"),
        sqlite_with_rowid=False,
    )


_PUT = sa.text(
    "insert into person_trace values (:source, :kind, :value, :person, :until)"
    " on conflict (source, kind, value) do update"
    " set person = excluded.person, until = excluded.until"
)
_DROP = sa.text("delete from person_trace where source in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_SWEEP = sa.text("delete from person_trace where until <= :now")
_ANY = sa.text("select 1 from person_trace limit 1")
_COLUMNS = "source, kind, value, person, until"
_FOUND = sa.text(
    f"select {_COLUMNS} from person_trace"  # noqa: S608 - our own column names
    " where kind = :kind and value in :named and until > :now"
).bindparams(sa.bindparam("named", expanding=True))
_OF = sa.text(
    f"select {_COLUMNS} from person_trace where source in :named"  # noqa: S608
).bindparams(sa.bindparam("named", expanding=True))


def put(connection: sa.Connection, traces: Iterable[Trace]) -> None:
    """Keeps these."""
    if rows := [trace._asdict() for trace in traces]:
        connection.execute(_PUT, rows)


def drop(connection: sa.Connection, sources: Collection[str]) -> None:
    """Forgets those of these sources: they are back, or must not be known any more."""
    for chunk in chunks(sorted(sources)):
        connection.execute(_DROP, {"named": chunk})


def sweep(connection: sa.Connection, now_ms: int) -> None:
    """Forgets those whose day has come."""
    connection.execute(_SWEEP, {"now": now_ms})


def found(connection: sa.Connection, keys: Collection[tuple[str, str]], now_ms: int) -> list[Trace]:
    """The traces that have one of these (kind, value)."""
    if not keys or connection.execute(_ANY).first() is None:
        return []  # most of the time nobody left
    by_kind: dict[str, set[str]] = {}
    for kind, value in keys:
        by_kind.setdefault(kind, set()).add(value)
    return [
        Trace(*row)
        for kind, values in sorted(by_kind.items())
        for chunk in chunks(sorted(values))
        for row in connection.execute(_FOUND, {"kind": kind, "named": chunk, "now": now_ms}).all()
    ]


def of(connection: sa.Connection, sources: Collection[str]) -> list[Trace]:
    """Every trace of these sources."""
    return [
        Trace(*row)
        for chunk in chunks(sorted(sources))
        for row in connection.execute(_OF, {"named": chunk}).all()
    ]
