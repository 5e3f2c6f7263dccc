"""The last complete set that was written for each directory service: when, and how much is in it.

Functions work inside the caller's transaction. Times in ms since 1970.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa


class WrittenSet(NamedTuple):
    """One set; `number` is that of the rows in it, by which it is reported, `file` its archive.

    `at` is when what it says was read. `file` is empty for a service of which none was written yet:
    `at` is then since when it is known. `left_out`: why → how many.
    """

    instance: str
    number: int
    file: str
    at: int
    accounts: int
    groups: int
    left_out: Mapping[str, int]


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "directory_set" in metadata.tables:
        return
    sa.Table(
        "directory_set",
        metadata,
        sa.Column("instance", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        *(sa.Column(n, sa.BigInteger, nullable=False) for n in ("at", "accounts", "groups")),
        sa.Column("left_out", sa.Text, nullable=False),
    )


_GET = sa.text("select * from directory_set where instance = :instance")
_PUT = sa.text(
    "insert into directory_set values (:instance, :number, :file, :at, :accounts, :groups,"
    " :left_out) on conflict (instance) do update set number = excluded.number,"
    " file = excluded.file, at = excluded.at, accounts = excluded.accounts,"
    " groups = excluded.groups, left_out = excluded.left_out where directory_set.at <= excluded.at"
)
_ERASED = sa.text(
    "select max(e.requested_at) from erasure e join erasure_recipient r on r.erasure = e.id"
    " where r.destination = :instance"
)


def last(connection: sa.Connection, instance: str) -> WrittenSet | None:
    """The last one; None when this service was never looked at."""
    row = connection.execute(_GET, {"instance": instance}).mappings().first()
    return None if row is None else WrittenSet(**{**row, "left_out": json.loads(row["left_out"])})


def put(connection: sa.Connection, written: WrittenSet) -> None:
    """Keeps it; an older one than the one kept changes nothing."""
    left = json.dumps(dict(written.left_out))
    connection.execute(_PUT, {**written._asdict(), "left_out": left})


def erased_at(connection: sa.Connection, instance: str) -> int:
    """When the erasure of somebody whom this service holds was asked for last; 0 for never."""
    return int(connection.execute(_ERASED, {"instance": instance}).scalar() or 0)
