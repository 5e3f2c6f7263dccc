"""The tables that follow from Kafka alone, and whether they are being filled again from it.

What is not among them is known nowhere else: instances, keys, projects, what people decided,
imports, the outbox, what waits, the traces of those who left and who they were before.
"""

from __future__ import annotations

import sqlalchemy as sa

from preau.store import version_floors

DERIVED = (
    *("person_entry", "person_key", "person_move", "person_origin"),
    *("said", "said_point", "project_alias", "own_copy", "outgoing", "receipt", "set_aside"),
)
"""What `preau rebuild` empties and fills again."""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table of the mark, unless it is declared already."""
    if "rebuild_mark" not in metadata.tables:
        sa.Table("rebuild_mark", metadata, sa.Column("since", sa.BigInteger, primary_key=True))


_MARKED = sa.text("select count(*) from rebuild_mark")
_MARK = sa.text("insert into rebuild_mark values (:now) on conflict do nothing")
_UNMARK = sa.text("delete from rebuild_mark")


def begin(connection: sa.Connection, now_ms: int) -> None:
    """Empties them, and marks that they are not whole."""
    connection.execute(_MARK, {"now": now_ms})
    version_floors.forgetting(connection, version_floors.EVERY_ROW)
    for table in DERIVED:
        connection.execute(sa.text(f"delete from {table}"))  # noqa: S608 - our own names


def end(connection: sa.Connection) -> None:
    """They are whole again."""
    connection.execute(_UNMARK)


def unfinished(connection: sa.Connection) -> bool:
    """Whether they were emptied and never filled to the end."""
    return bool(connection.execute(_MARKED).scalar_one())
