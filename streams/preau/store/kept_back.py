"""What instances said and a cut keeps back: the newest record of each key, until it is resumed.

Only records of states wait here, and of a state only the newest counts. Functions work inside the
caller's transaction; one process works them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa


class KeptBack(NamedTuple):
    """One record as Kafka had it, the cut that holds it, and since when (ms since 1970)."""

    record: str
    key: str
    value: bytes
    cut: int
    at: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "kept_back" in metadata.tables:
        return
    sa.Table(
        "kept_back",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key")),
        sa.Column("value", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("cut", "at")),
        sa.Index("kept_back_cut", "cut", "at"),
    )


_PUT = sa.text(
    "insert into kept_back (record, key, value, cut, at) values (:record, :key, :value, :cut, :at)"
    " on conflict (record, key) do update set value = excluded.value, cut = excluded.cut,"
    " at = excluded.at"
)
_FREE = sa.text(
    "select record, key, value, cut, at from kept_back where cut not in :cuts"
    " order by at, record, key limit :most"
).bindparams(sa.bindparam("cuts", expanding=True))
_DROP = sa.text("delete from kept_back where record = :record and key = :key")
_COUNT = sa.text("select count(*) from kept_back")
_NONE = (-1,)


def put(connection: sa.Connection, rows: Iterable[KeptBack]) -> None:
    """Keeps these; of one key the last one given."""
    if found := [row._asdict() for row in rows]:
        connection.execute(_PUT, found)


def free(connection: sa.Connection, cuts: Collection[int], most: int) -> list[KeptBack]:
    """What no cut of these numbers holds, the longest kept first, at most so many."""
    said = {"cuts": list(cuts) or list(_NONE), "most": most}
    return [KeptBack(*row) for row in connection.execute(_FREE, said)]


def drop(connection: sa.Connection, rows: Iterable[KeptBack]) -> None:
    """Forgets these: they go on."""
    if found := [{"record": row.record, "key": row.key} for row in rows]:
        connection.execute(_DROP, found)


def count(connection: sa.Connection) -> int:
    """How many records are kept back."""
    return int(connection.execute(_COUNT).scalar_one())
