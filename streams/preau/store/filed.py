"""What a product that is written to by files holds: one row for each line of its files.

A row carries the fields that were let out for it, no others. What was withdrawn stays without a
field until the ENT has said that it took the files in which it is missing. `writing` is the number
of the set of files in which a row's state first stood; the numbers of one destination only grow.
Functions work inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa


class Filed(NamedTuple):
    """One object in one destination; `gone`: its withdrawal; `event_id`: the delivery's."""

    destination: str
    entity: str
    version: int
    operation: str
    event_id: str
    reason: str
    fields: Mapping[str, Any]
    gone: bool
    writing: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "filed" in metadata.tables:
        return
    sa.Table(
        "filed",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity")),
        sa.Column("version", sa.BigInteger, nullable=False),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("operation", "event_id", "reason")),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("gone", sa.Integer, nullable=False),
        sa.Column("writing", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
    )


_PUT = sa.text(
    "insert into filed values (:destination, :entity, :version, :operation, :event_id, :reason,"
    " :fields, :gone, :writing, 0) on conflict (destination, entity) do update set"
    " version = excluded.version, operation = excluded.operation, event_id = excluded.event_id,"
    " reason = excluded.reason, fields = excluded.fields, gone = excluded.gone,"
    " writing = excluded.writing, taken = 0 where filed.version <= excluded.version"
)
_HELD = sa.text(
    "select * from filed where destination = :destination and gone = 0 order by operation, entity"
)
_DEFER = sa.text(
    "update filed set writing = :writing, taken = 0 where destination = :destination"
    " and entity = :entity and writing < :writing"
)
_LAST = sa.text("select max(writing) from filed where destination = :destination")
_MARK = sa.text(
    "select count(*), coalesce(sum(version % 1000000007), 0), coalesce(sum(gone), 0)"
    " from filed where destination = :destination"
)  # the remainder keeps the sum of any number of versions in 64 bits
_UNTAKEN = sa.text(
    "select * from filed where destination = :destination and taken = 0"
    " and writing <= :writing order by entity"
)
_TAKEN = sa.text(
    "update filed set taken = 1 where destination = :destination and event_id in :events"
).bindparams(sa.bindparam("events", expanding=True))
_OVER = sa.text(
    "delete from filed where destination = :destination and gone = 1 and event_id in :events"
).bindparams(sa.bindparam("events", expanding=True))
_REFUSED = sa.text(
    "delete from filed where destination = :destination and event_id in :events"
).bindparams(sa.bindparam("events", expanding=True))


def put(connection: sa.Connection, rows: Sequence[Filed]) -> None:
    """Keeps what is held, or that it is gone; a lower version than the one kept changes nothing."""
    said = [
        {**r._asdict(), "fields": json.dumps(dict(r.fields)), "gone": int(r.gone)} for r in rows
    ]
    if said:
        connection.execute(_PUT, said)


def held(connection: sa.Connection, destination: str) -> list[Filed]:
    """Everything that the destination's files are to contain, in one order always."""
    return _rows(connection.execute(_HELD, {"destination": destination}))


def last_writing(connection: sa.Connection, destination: str) -> int:
    """The highest number that a row of this destination has; 0 when it has none."""
    return int(connection.execute(_LAST, {"destination": destination}).scalar() or 0)


def mark(connection: sa.Connection, destination: str) -> tuple[int, ...]:
    """Another one after each delivery and withdrawal of this destination; to be compared only."""
    return tuple(map(int, connection.execute(_MARK, {"destination": destination}).one()))


def defer(
    connection: sa.Connection, destination: str, entities: Collection[str], writing: int
) -> None:
    """These are in no set before that number: a report of an earlier one does not mean them."""
    said = [{"destination": destination, "entity": e, "writing": writing} for e in entities]
    if said:
        connection.execute(_DEFER, said)


def untaken(connection: sa.Connection, destination: str, writing: int) -> list[Filed]:
    """What the ENT has not answered, and that stood in the files of that number."""
    said = {"destination": destination, "writing": writing}
    return _rows(connection.execute(_UNTAKEN, said))


def answered(
    connection: sa.Connection, destination: str, taken: Collection[str], refused: Collection[str]
) -> None:
    """Keeps the ENT's answer to these deliveries; withdrawn and refused rows go."""
    if taken:
        said = {"destination": destination, "events": list(taken)}
        connection.execute(_TAKEN, said)
        connection.execute(_OVER, said)
    if refused:
        connection.execute(_REFUSED, {"destination": destination, "events": list(refused)})


def _rows(found: sa.CursorResult[Any]) -> list[Filed]:
    return [
        Filed(
            **{name: row[name] for name in Filed._fields if name not in {"fields", "gone"}},
            fields=json.loads(row["fields"]),
            gone=bool(row["gone"]),
        )
        for row in found.mappings()
    ]
