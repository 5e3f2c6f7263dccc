"""The people that a source was before, and the ruling by which it is what it is.

Whoever is parted again is told under the name it had: ENTs know a child by what they were told.
Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.named import named
from preau.store.persons import Entry, chunks


class Past(NamedTuple):
    """One person that a source was; `decisions` is the decision that made it so, taken `at`.

    `ruling` is the id of the ruling that it needed, or empty; `until` when it ended; times in ms
    since 1970.
    """

    source: str
    decisions: int
    person: str
    rule: str
    ruling: str
    at: int
    until: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "person_past" in metadata.tables:
        return
    sa.Table(
        "person_past",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("decisions", sa.BigInteger, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("person", "rule", "ruling")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("at", "until")),
        sa.Index("person_past_person", "person"),
    )
    sa.Table(
        "person_ruled",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("ruling", sa.Text, nullable=False),
    )


_COLUMNS = ", ".join(f'"{name}"' for name in Past._fields)
_ADD = sa.text(
    f"insert into person_past ({_COLUMNS})"  # noqa: S608 - our own column names
    f" values ({', '.join(':' + name for name in Past._fields)}) on conflict do nothing"
)
_OF = named(
    f"select {_COLUMNS} from person_past where source in :named"  # noqa: S608 - the same
    " order by source, decisions desc"
)
_WERE = named(
    f"select {_COLUMNS} from person_past where person in :named"  # noqa: S608 - the same
    " order by source, decisions desc"
)
_RULED = named("select source, ruling from person_ruled where source in :named")
_RULE = sa.text(
    "insert into person_ruled values (:source, :ruling)"
    " on conflict (source) do update set ruling = excluded.ruling"
)
_FREE = named("delete from person_ruled where source in :named")
_FORGET = named("delete from person_past where source in :named")


def add(
    connection: sa.Connection, before: Iterable[Entry], ruled: Mapping[str, str], now_ms: int
) -> None:
    """Remembers what these sources were until now."""
    rows = [
        Past(e.source, e.decisions, e.person, e.rule, ruled.get(e.source, ""), e.at, now_ms)
        for e in before
    ]
    if rows:
        connection.execute(_ADD, [row._asdict() for row in rows])


def past(connection: sa.Connection, sources: Collection[str]) -> list[Past]:
    """What these sources were, of each the last first."""
    return _past(connection, _OF, sources)


def sources_of(connection: sa.Connection, people: Collection[str]) -> list[Past]:
    """Who was one of these people, and is no longer."""
    return _past(connection, _WERE, people)


def ruled(connection: sa.Connection, sources: Collection[str]) -> dict[str, str]:
    """Source → the id of the ruling that it is what it is by; whoever needs none is not there."""
    return {
        source: ruling
        for chunk in chunks(sorted(sources))
        for source, ruling in connection.execute(_RULED, {"named": chunk}).all()
    }


def put_ruled(connection: sa.Connection, wanted: Mapping[str, str]) -> None:
    """Source → the ruling that it needs now, or nothing for none."""
    for chunk in chunks(sorted(source for source, ruling in wanted.items() if not ruling)):
        connection.execute(_FREE, {"named": chunk})
    if rows := [{"source": s, "ruling": ruling} for s, ruling in wanted.items() if ruling]:
        connection.execute(_RULE, rows)


def forget(connection: sa.Connection, sources: Collection[str]) -> None:
    """Nothing is known any more of what these were."""
    for chunk in chunks(sorted(sources)):
        connection.execute(_FREE, {"named": chunk})
        connection.execute(_FORGET, {"named": chunk})


def _past(
    connection: sa.Connection, statement: sa.TextClause, named: Collection[str]
) -> list[Past]:
    return [
        _row(*row)
        for chunk in chunks(sorted(named))
        for row in connection.execute(statement, {"named": chunk}).all()
    ]


def _row(source: str, decisions: int, *said: Any) -> Past:
    person, rule, ruling, at, until = said
    return Past(source, int(decisions), person, rule, ruling, int(at), int(until))
