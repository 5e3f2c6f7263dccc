"""A statement about many rows at once: they are named in one `in :named`."""

from __future__ import annotations

import sqlalchemy as sa


def named(statement: str) -> sa.TextClause:
    """The statement, whose `:named` takes a list."""
    return sa.text(statement).bindparams(sa.bindparam("named", expanding=True))
