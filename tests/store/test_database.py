"""The database: private, prepared once by many, written in turn, and honest when it cannot be."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from preau.errors import PreauError, Stop, TryAgain
from preau.store.database import EDITION, open_database, prepare

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


def test_every_table_is_made_and_the_edition_noted(opened: Open) -> None:
    engine = opened()
    prepare(engine)
    prepare(engine)
    made = set(sa.inspect(engine).get_table_names())
    assert made >= {"delivery", "receipt", "instance", "api_key", "subject_key"}
    with engine.connect() as connection:
        noted = connection.execute(sa.text("select edition from schema_edition")).scalars().all()
    assert noted == [EDITION]


def test_a_database_made_by_a_newer_hub_is_left_untouched(opened: Open) -> None:
    engine = opened()
    run(engine, "create table schema_edition (edition integer)")
    run(engine, f"insert into schema_edition values ({EDITION}), ({EDITION + 1})")
    with pytest.raises(Stop) as stopped:
        prepare(engine)
    assert stopped.value.code == "DATABASE_NEWER"
    assert sa.inspect(engine).get_table_names() == ["schema_edition"]


def test_processes_that_write_at_once_lose_nothing(opened: Open, file: Path) -> None:
    """Each reads, then writes: without the lock at `begin` one would fail or undo another."""
    engine = opened()
    run(engine, "create table tally (n integer not null)", "insert into tally values (0)")
    assert together(3, f"sqlite:///{file}", "50") == [""] * 3
    assert tally(engine) == 150


def test_new_files_are_opened_by_many_processes_at_once(tmp_path: Path) -> None:
    """SQLite does not wait when it turns a new file to WAL; the hub does."""
    for n in range(4):
        assert together(4, f"sqlite:///{tmp_path / f'{n}.db'}", "0") == [""] * 4


def test_a_reader_neither_waits_for_a_writer_nor_holds_it_up(opened: Open) -> None:
    engine = opened(patience_s=0.0)
    run(engine, "create table tally (n integer not null)", "insert into tally values (0)")
    with engine.connect() as reader:
        assert reader.execute(sa.text("select n from tally")).scalar() == 0
        with engine.begin() as writer:
            writer.execute(sa.text("update tally set n = 1"))
            assert tally(engine) == 0
        assert reader.execute(sa.text("select n from tally")).scalar() == 0  # one snapshot
    assert tally(engine) == 1


def test_a_transaction_that_only_reads_so_far_already_has_its_turn(opened: Open) -> None:
    engine = opened(patience_s=0.0)
    run(engine, "create table tally (n integer not null)", "insert into tally values (0)")
    with engine.begin() as first:
        first.execute(sa.text("select n from tally"))
        assert held(engine)
        first.execute(sa.text("update tally set n = 1"))
    assert tally(engine) == 1


def test_a_writer_waits_for_its_turn(opened: Open) -> None:
    engine = opened()
    run(engine, "create table tally (n integer not null)", "insert into tally values (0)")
    waiting = threading.Thread(target=run, args=(engine, "update tally set n = n * 10"))
    with engine.begin() as first:
        waiting.start()
        first.execute(sa.text("update tally set n = 4"))
        assert waiting.is_alive()
    waiting.join(30)
    assert tally(engine) == 40


def test_each_begin_has_its_turn_whatever_its_connection_did_before(opened: Open) -> None:
    engine = opened(patience_s=0.0)
    select = sa.text("select :n")
    with engine.connect() as connection:
        connection.execute(select, {"n": 1})  # a transaction opened by reading
        connection.commit()
        for _ in range(2):
            with connection.begin():
                connection.execute(select, {"n": 1})
                assert held(engine)
        with pytest.raises(exc.StatementError):
            connection.execute(select)  # it fails before it has a transaction
    with engine.begin():
        assert held(engine)
    assert not held(engine)


def test_a_statement_that_fails_takes_its_transaction_with_it(opened: Open) -> None:
    engine = opened()
    run(engine, "create table tally (n integer not null)", "insert into tally values (0)")
    with pytest.raises(exc.IntegrityError):
        run(engine, "update tally set n = 1", "update tally set n = null")
    assert tally(engine) == 0


def test_an_error_shows_no_value(opened: Open) -> None:
    with pytest.raises(exc.SQLAlchemyError) as failed, opened().connect() as connection:
        connection.execute(sa.text("select * from absent where name = :n"), {"n": "Zoé"})
    assert "Zoé" not in str(failed.value)


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


@pytest.mark.parametrize(
    "url",
    [
        "",
        "preau.db",
        "sqlite:///x?mode=memory&uri=true",
        "sqlite+aiosqlite:///preau.db",
        "mysql://preau:hunter2@db/preau",
        "postgres://preau:hunter2@db/preau",
        "postgresql+nothing://preau:hunter2@db/preau",
        "postgresql://preau:hunter2@db:port/preau",
    ],
)
def test_an_address_that_the_hub_does_not_know_is_refused(url: str) -> None:
    assert refusal(url).code == "DATABASE_URL"


def test_a_missing_postgresql_driver_is_named_with_its_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as where it is not installed
    stopped = refusal("postgresql://preau:hunter2@db/preau")
    assert stopped.code == "DATABASE_DRIVER"
    assert "pip install" in stopped.complaint.fix
