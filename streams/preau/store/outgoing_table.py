"""The table of what each destination is to hold, with indexes of the few rows that are looked for.

Key: (destination, entity); `preau.store.outgoing` says what its columns mean.
"""

from __future__ import annotations

import sqlalchemy as sa

FLAGS = ("sent", "answered", "refused", "again")
"""`again`: its source said it once more since this version, and it is refused or unanswered."""
_PARTS = (
    ("not_sent", "sent = false", "seq"),
    ("not_answered", "answered = false", "project", "destination", "operation"),
    ("again", "again = true", "seq"),
)


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "outgoing" in metadata.tables:
        return
    sa.Table(
        "outgoing",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("project", "operation", "body")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("parents", "cause", "local")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version", "occurred_at")),
        sa.Column("seq", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in FLAGS),
        sa.Index("outgoing_seq", "seq"),
        *(_part(*part) for part in _PARTS),
        sa.Index("outgoing_project", "project", "entity"),
        sa.Index("outgoing_local", "destination", "local"),
        sa.Index("outgoing_cause", "cause"),
    )


def _part(name: str, where: str, *columns: str) -> sa.Index:
    """An index of few rows."""
    few = sa.text(where)
    return sa.Index(f"outgoing_{name}", *columns, sqlite_where=few, postgresql_where=few)
