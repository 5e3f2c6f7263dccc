"""The database: prepared once by many, written in turn, and honest when it cannot be."""

from __future__ import annotations

import sys
import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from preau.errors import Stop
from preau.store.database import EDITION, prepare
from tests.store.tally import START, Open, held, refusal, run, tally, together


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


def test_processes_that_write_at_once_lose_nothing(opened: Open, blank_database: str) -> None:
    """Each reads, then writes: without the lock at `begin` one would fail or undo another."""
    engine = opened()
    run(engine, *START)
    assert together(3, blank_database, "50") == [""] * 3
    assert tally(engine) == 150


def test_a_reader_neither_waits_for_a_writer_nor_holds_it_up(opened: Open) -> None:
    engine = opened(patience_s=0.0)
    run(engine, *START)
    with engine.connect() as reader:
        assert reader.execute(sa.text("select n from tally")).scalar() == 0
        with engine.begin() as writer:
            writer.execute(sa.text("update tally set n = 1"))
            assert tally(engine) == 0
        assert reader.execute(sa.text("select n from tally")).scalar() == 0  # one snapshot
    assert tally(engine) == 1


def test_a_transaction_that_only_reads_so_far_already_has_its_turn(opened: Open) -> None:
    engine = opened(patience_s=0.0)
    run(engine, *START)
    with engine.begin() as first:
        first.execute(sa.text("select n from tally"))
        assert held(engine)
        first.execute(sa.text("update tally set n = 1"))
    assert tally(engine) == 1


def test_a_writer_waits_for_its_turn(opened: Open) -> None:
    engine = opened()
    run(engine, *START)
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
    run(engine, *START)
    with pytest.raises(exc.IntegrityError):
        run(engine, "update tally set n = 1", "update tally set n = null")
    assert tally(engine) == 0


def test_an_error_shows_no_value(opened: Open) -> None:
    with pytest.raises(exc.SQLAlchemyError) as failed, opened().connect() as connection:
        connection.execute(sa.text("select no such thing where name = :n"), {"n": "Zoé"})
    assert "Zoé" not in str(failed.value)


def test_an_error_about_a_table_that_is_missing_shows_no_value(opened: Open) -> None:
    with pytest.raises(Stop, match="DATABASE_TABLES") as failed, opened().connect() as connection:
        connection.execute(sa.text("select * from absent where name = :n"), {"n": "Zoé"})
    assert "Zoé" not in str(failed.value)


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
        "postgresql+pg8000://preau:hunter2@db/preau",
        "postgresql+psycopg_async://preau:hunter2@db/preau",
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
