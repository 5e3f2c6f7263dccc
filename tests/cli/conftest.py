"""The command line, run in this process on a data folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from preau.cli import create_cli
from preau.store.database import open_database
from tests.databases import SQLITE, WHOLE

Preau = Callable[..., Any]


@pytest.fixture
def preau(tmp_path: Path, one_database: str, monkeypatch: pytest.MonkeyPatch) -> Preau:
    """Runs one command: `preau("key", "list")`; `said` is its standard input."""
    monkeypatch.setenv("PREAU_DATA", str(tmp_path / "hub"))
    monkeypatch.setenv("PREAU_DATABASE", "" if WHOLE == SQLITE else one_database)

    def run(*arguments: str, said: str | None = None) -> Any:
        return CliRunner().invoke(create_cli(), arguments, input=said)

    return run


@pytest.fixture
def hub_engine(
    preau: Preau, blank_database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[sa.Engine]:
    """The database that the command works on from now on, of each kind."""
    monkeypatch.setenv("PREAU_DATABASE", blank_database)
    assert preau("instance", "list").exit_code == 0
    engine = open_database(blank_database)
    yield engine
    engine.dispose()


@pytest.fixture
def academie(preau: Preau) -> Preau:
    """The command, with an instance for the State's files of an académie."""
    added = preau("instance", "add", "academie", "--connector", "aaf", "--academy", "11")
    assert added.exit_code == 0, added.output
    return preau
