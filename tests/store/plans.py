"""How SQLite means to find the rows of each statement, as it says itself."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa


class Explained(NamedTuple):
    """A database whose statements tell their plans, step by step, when they are executed."""

    engine: sa.Engine
    plans: list[str]


def explaining(engine: sa.Engine) -> Explained:
    """Keeps the plans of all that is executed from now on, except of many rows at once."""
    told = Explained(engine, [])

    @sa.event.listens_for(engine, "before_cursor_execute")
    def explain(*of: Any) -> None:
        _, cursor, statement, parameters, _, many = of
        if not many and statement.startswith(("select", "update", "delete")):
            cursor.execute(f"explain query plan {statement}", parameters)
            told.plans.extend(step[3] for step in cursor.fetchall())

    return told
