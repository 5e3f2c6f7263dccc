"""What was refused because the thing it depends on was, until that thing is applied.

A member waits for its group. When the ENT refuses the group for good, the member is refused with
it, and is wanted again once the ENT has the group. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from preau.store.outgoing import Answer, Row


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "orphan" in metadata.tables:
        return
    sa.Table(
        "orphan",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity")),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("parent", sa.Text, primary_key=True),
        sa.Index("orphan_parent", "destination", "parent"),
    )


_PUT = sa.text(
    "insert into orphan (destination, entity, version, parent)"
    " values (:destination, :entity, :version, :parent) on conflict do nothing"
)
_DUE = sa.text(
    "select distinct o.destination, o.entity, o.version from orphan o"
    " join outgoing p on p.destination = o.destination and p.entity = o.parent"
    " where p.answered = true and p.refused = false and p.operation not like '%REMOVE'"
    " order by o.destination, o.entity"
)
_CURRENT = sa.text(
    "select 1 from outgoing where destination = :destination and entity = :entity"
    " and version = :version and refused = true"
)
_DROP = sa.text(
    "delete from orphan where destination = :destination and entity = :entity"
    " and version <= :version"
)


def put(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """These were refused with a parent of theirs."""
    said = [
        {**row._asdict(), "parent": parent, "body": None, "parents": None}
        for row in rows
        for parent in row.parents
    ]
    if said:
        connection.execute(_PUT, said)


def take_due(connection: sa.Connection) -> list[Answer]:
    """Those of which a parent is applied now, if they are still refused; they are forgotten."""
    found = [Answer(*row) for row in connection.execute(_DUE)]
    due = [each for each in found if connection.execute(_CURRENT, each._asdict()).first()]
    if found:
        connection.execute(_DROP, [each._asdict() for each in found])
    return due
