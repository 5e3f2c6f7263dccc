"""The keys by which an order is known when it comes again: digests of them, and what was made.

A key is its caller's own: two callers may choose the same. What it may say in words is not kept,
nor what was ordered: only that it was the same. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa


class Made(NamedTuple):
    """What a key made: the digest of the order, the id of what came of it; `at` in ms."""

    order: str
    object: str
    at: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "repeat_key" not in metadata.tables:
        sa.Table(
            "repeat_key",
            metadata,
            sa.Column("digest", sa.Text, primary_key=True),
            *(sa.Column(name, sa.Text, nullable=False) for name in ("order_digest", "object")),
            sa.Column("at", sa.BigInteger, nullable=False),
        )


_FIND = sa.text("select order_digest, object, at from repeat_key where digest = :digest")
_PUT = sa.text("insert into repeat_key values (:digest, :order, :object, :at)")


def find(connection: sa.Connection, caller: str, key: str) -> Made | None:
    """What this caller's key made before; None for a new key."""
    row = connection.execute(_FIND, {"digest": _digest(caller, key)}).one_or_none()
    return None if row is None else Made(*row)


def put(connection: sa.Connection, caller: str, key: str, made: Made) -> None:
    """This key has made that."""
    connection.execute(_PUT, {"digest": _digest(caller, key), **made._asdict()})


def _digest(caller: str, key: str) -> str:
    return sha256(f"{caller}\0{key}".encode()).hexdigest()
