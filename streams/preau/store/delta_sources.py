"""The instances whose delta files may come: of these, an import keeps what was last said, sealed.

No instance is one until an operator says so: an académie sends whole sets, and what nobody needs is
not kept.
"""

from __future__ import annotations

import sqlalchemy as sa


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "delta_source" in metadata.tables:
        return
    sa.Table("delta_source", metadata, sa.Column("instance", sa.Text, primary_key=True))


_ADD = sa.text(
    "insert into delta_source (instance) values (:instance) on conflict (instance) do nothing"
)
_TAKE = sa.text("delete from delta_source where instance = :instance")
_HAS = sa.text("select 1 from delta_source where instance = :instance")
_EVERY = sa.text("select instance from delta_source")


def put(connection: sa.Connection, instance: str, *, on: bool) -> None:
    """Says whether delta files of this instance may come."""
    connection.execute(_ADD if on else _TAKE, {"instance": instance})


def has(connection: sa.Connection, instance: str) -> bool:
    """Whether delta files of this instance may come."""
    return connection.execute(_HAS, {"instance": instance}).first() is not None


def every(connection: sa.Connection) -> set[str]:
    """All instances whose delta files may come."""
    return {instance for (instance,) in connection.execute(_EVERY)}
