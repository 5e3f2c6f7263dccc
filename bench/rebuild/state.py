"""Every row that follows from Kafka, in one order of its own: equal states have equal digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store import projections
from preau.store.outgoing import WAIT

_WHENEVER = ("version", "occurred_at")


class Table(NamedTuple):
    """How many rows, and the SHA-256 of all of them as sorted lines of JSON."""

    rows: int
    digest: str


def state(engine: sa.Engine) -> dict[str, Table]:
    """Table → its rows; not in it: in which order rows were written, and who waited and does not.

    Of somebody who waits for an account, Kafka is never told: since when is not in it either.
    """
    with engine.connect() as connection:
        return {table: _table(connection, table) for table in projections.DERIVED}


def _table(connection: sa.Connection, name: str) -> Table:
    rows = connection.execute(sa.text(f"select * from {name}")).mappings()
    lines = sorted(_line(row) for row in rows if row.get("operation") != f"{WAIT}_REMOVE")
    return Table(len(lines), sha256("\n".join(lines).encode()).hexdigest())


def _line(row: Mapping[Any, Any]) -> str:
    waits = row.get("operation") == WAIT
    left = {n: v for n, v in row.items() if n != "seq" and not (waits and n in _WHENEVER)}
    return json.dumps(left, sort_keys=True, ensure_ascii=False)
