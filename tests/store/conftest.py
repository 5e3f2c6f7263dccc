"""A database of a hub, with an open transaction; all here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from preau.store.database import open_database, prepare
from tests.databases import SQLITE, PostgreSQL
from tests.store.plans import Explained, explaining


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    opened = open_database(database)
    prepare(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def opened(blank_database: str) -> Iterator[Callable[..., sa.Engine]]:
    """Opens one database without a table again and again, and closes everything at the end."""
    engines: list[sa.Engine] = []

    def make(patience_s: float = 30.0) -> sa.Engine:
        engines.append(open_database(blank_database, patience_s=patience_s))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def on_disk(database: str, request: pytest.FixtureRequest) -> Callable[[], bytes]:
    """Every byte that the database has on the disk."""
    file = Path(sa.make_url(database).database or "")

    def read() -> bytes:
        if database.startswith(SQLITE):
            return b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
        server: PostgreSQL = request.getfixturevalue("postgresql")
        return server.on_disk(database)

    return read


@pytest.fixture
def explained(tmp_path: Path) -> Iterator[Explained]:
    """A database on SQLite that tells how it finds its rows."""
    engine = open_database(f"{SQLITE}:///{tmp_path / 'preau.db'}")
    prepare(engine)
    yield explaining(engine)
    engine.dispose()


@pytest.fixture
def connection(engine: sa.Engine) -> Iterator[sa.Connection]:
    with engine.begin() as opened:
        yield opened
