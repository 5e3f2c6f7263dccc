"""A database of a hub, with an open transaction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from preau.store.database import open_database, prepare


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = open_database(f"sqlite:///{tmp_path / 'preau.db'}")
    prepare(engine)
    with engine.begin() as opened:
        yield opened
    engine.dispose()
