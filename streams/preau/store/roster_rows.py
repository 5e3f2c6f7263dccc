"""What a consumer of rosters was last shown: of each entity a keyed digest, its bones and a date.

No name is here. A row of something that is gone stays for as long as `preau.store.clocks` says, so
that whoever asks for changes learns of it. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import sqlalchemy as sa


class RosterRow(NamedTuple):
    """One entity in one consumer's roster; `changed_at` in ms since 1970."""

    digest: str
    bones: str
    changed_at: int
    gone: bool


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "roster_row" in metadata.tables:
        return
    sa.Table(
        "roster_row",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("instance", "kind", "id")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "bones")),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
    )


_OF = sa.text(
    "select kind, id, digest, bones, changed_at, gone from roster_row where instance = :instance"
)
_PUT = sa.text(
    "insert into roster_row values"
    " (:instance, :kind, :id, :digest, :bones, :changed_at, :gone)"
    " on conflict (instance, kind, id) do update set digest = excluded.digest,"
    " bones = excluded.bones, changed_at = excluded.changed_at, gone = excluded.gone"
)


def of(connection: sa.Connection, instance: str) -> dict[tuple[str, str], RosterRow]:
    """Every row of one consumer, by kind and id."""
    return {
        (row.kind, row.id): RosterRow(row.digest, row.bones, row.changed_at, bool(row.gone))
        for row in connection.execute(_OF, {"instance": instance})
    }


def put(
    connection: sa.Connection, instance: str, rows: Mapping[tuple[str, str], RosterRow]
) -> None:
    """Keeps these rows as they are now."""
    said = [
        {"instance": instance, "kind": kind, "id": id_, **row._asdict()}
        for (kind, id_), row in rows.items()
    ]
    if said:
        connection.execute(_PUT, said)
