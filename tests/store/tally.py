"""A table with one number, on which several connections and processes meet."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from preau.errors import PreauError, Stop, TryAgain
from preau.store.database import open_database

COUNT = """
import sys, sqlalchemy as sa
from preau.store.database import open_database, prepare
engine = open_database(sys.argv[1])
print("ready", flush=True)
sys.stdin.read()
prepare(engine)
for _ in range(int(sys.argv[2])):
    with engine.begin() as connection:
        n = connection.execute(sa.text("select n from tally")).scalar_one()
        connection.execute(sa.text("update tally set n = :n"), {"n": n + 1})
"""
Open = Callable[..., sa.Engine]
"""Opens the same database again: `patience_s` is how long a writer waits."""
START = ("create table tally (n integer not null)", "insert into tally values (0)")


def run(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def tally(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text("select n from tally")).scalar_one())


def held(engine: sa.Engine) -> bool:
    """Whether somebody has the write lock."""
    try:
        with engine.begin():
            return False
    except TryAgain as busy:
        return busy.code == "DATABASE_BUSY"


def together(processes: int, *arguments: str) -> list[str]:
    """What each of them says on stderr; they begin at once, when all are ready."""
    gate, opening = os.pipe()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", COUNT, *arguments],
            stdin=gate,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    os.close(gate)
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    os.close(opening)
    return [process.communicate()[1] for process in started]


def refusal(url: str) -> PreauError:
    with pytest.raises(Stop) as stopped:
        open_database(url)
    assert "hunter2" not in str(stopped.value)
    return stopped.value
