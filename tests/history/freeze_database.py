"""Freezes the tables of today's edition, for both kinds: `python tests/history/freeze_database.py`.

Run once when an edition is released; what is frozen is never written again. The files of the
editions 1, 2 and 3 were made from the last commit of 1 and 2 and the first of 3; edition 1 knew
SQLite only.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from preau.store.database import EDITION, declared

FROZEN = Path(__file__).parent / "databases"
KINDS = {"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}


def freeze() -> None:
    """Writes what is not there yet."""
    for kind in KINDS:
        file = FROZEN / f"{EDITION}.{kind}.sql"
        if not file.exists():
            file.write_text(statements(kind), encoding="utf-8")


def statements(kind: str) -> str:
    """What makes every table and index of today, as SQL of that kind."""
    dialect = sa.make_url(KINDS[kind]).get_dialect()()
    said: list[str] = []
    for table in declared(kind).sorted_tables:
        said.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        said += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    lines = "".join(f"{each.strip()};\n" for each in said).splitlines()
    return "\n".join(filter(None, map(str.rstrip, lines))) + "\n"


if __name__ == "__main__":
    freeze()
