"""A world per test, in which it looks again without delay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.agents import asker, asking
from preau.store.database import open_database, prepare
from tests.agents.asking.world import World


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks again without delay."""
    monkeypatch.setattr(asker, "IDLE_S", 0.01)
    monkeypatch.setattr(asking, "LOOK_S", 0.01)


@pytest.fixture
def engine(one_database: str) -> Iterator[sa.Engine]:
    opened = open_database(one_database)
    prepare(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def world(engine: sa.Engine) -> World:
    return World(engine)
