"""SQLite's own: a private file, durable, overwritten where deleted, and honest when unusable."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from preau.errors import Stop, TryAgain
from preau.store.database import open_database, prepare
from tests.store.tally import Open, refusal, run, tally, together


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "preau.db"


@pytest.fixture
def opened(file: Path) -> Iterator[Open]:
    """Opens the same file again and again, and closes everything at the end."""
    engines: list[sa.Engine] = []

    def make(patience_s: float = 30.0) -> sa.Engine:
        engines.append(open_database(f"sqlite:///{file}", patience_s=patience_s))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


def test_the_file_and_its_folder_are_their_owners_only(opened: Open, file: Path) -> None:
    prepare(opened())
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert {each.stat().st_mode & 0o777 for each in file.parent.iterdir()} == {0o600}


def test_every_connection_is_durable_and_careful(opened: Open) -> None:
    engine = opened()
    with engine.connect() as one, engine.connect() as other:
        for connection in (one, other):
            said = {
                name: connection.execute(sa.text(f"pragma {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            }
            assert said == {
                "journal_mode": "wal",
                "synchronous": 2,
                "foreign_keys": 1,
                "secure_delete": 1,
            }


def test_new_files_are_opened_by_many_processes_at_once(tmp_path: Path) -> None:
    """SQLite does not wait when it turns a new file to WAL; the hub does."""
    for n in range(4):
        assert together(4, f"sqlite:///{tmp_path / f'{n}.db'}", "0") == [""] * 4


def test_a_full_disk_is_a_passing_fault(opened: Open) -> None:
    engine = opened()
    run(engine, "create table page (body text)")
    with engine.begin() as connection:
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        connection.exec_driver_sql(f"pragma max_page_count = {pages}")
        with pytest.raises(TryAgain) as full:
            connection.execute(sa.text("insert into page values (:body)"), {"body": "x" * 50_000})
    assert full.value.code == "DATABASE_BUSY"
    assert "full" in str(full.value)


def test_a_file_that_is_no_database_is_named_so(opened: Open, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is a letter, and it is longer than a header " * 20)
    with pytest.raises(Stop) as stopped:
        prepare(opened())
    assert stopped.value.code == "DATABASE_FILE"


def test_a_file_that_is_there_keeps_what_it_holds(opened: Open, file: Path) -> None:
    file.parent.mkdir()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("create table tally (n integer)")
        raw.execute("insert into tally values (7)")
        raw.commit()
    engine = opened()
    prepare(engine)
    assert tally(engine) == 7


def test_something_else_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    assert refusal(f"sqlite:///{tmp_path}").code == "DATABASE_FILE"
    (tmp_path / "letter").write_text("x")
    assert refusal(f"sqlite:///{tmp_path / 'letter' / 'preau.db'}").code == "DATABASE_FILE"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    assert refusal(url).code == "DATABASE_IN_MEMORY"
