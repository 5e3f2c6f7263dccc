"""PostgreSQL's own: its death and its faults are passing ones, its words hold no value."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from preau.errors import PreauError, Stop, TryAgain
from preau.keys.master import MasterKey
from preau.store.database import open_database, prepare
from preau.store.subject_keys import SubjectKeys
from tests.databases import BLANK, PostgreSQL, running
from tests.store.tally import START, run, tally

PATIENCE_S = 60.0
PUPIL = {"name": "Zoé BELAVAL"}


@pytest.fixture
def engine(postgresql: PostgreSQL) -> Iterator[sa.Engine]:
    with postgresql.fresh() as address:
        engine = open_database(address)
        yield engine
        engine.dispose()


def lost(engine: sa.Engine, server: PostgreSQL) -> None:
    """A transaction amid which the server dies."""
    with engine.begin() as connection:
        connection.execute(sa.text("update tally set n = 8"))
        server.kill()
        connection.execute(sa.text("update tally set n = 9"))


def answered(engine: sa.Engine) -> int:
    """What the tally says once the server is back: it may recover for a while."""
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            return tally(engine)
        except TryAgain:
            assert time.monotonic() < limit


def test_a_server_that_dies_is_a_passing_fault_and_keeps_what_it_committed() -> None:
    with running() as server, server.fresh(BLANK) as address:
        engine = open_database(address)
        run(engine, *START, "update tally set n = 7")
        with pytest.raises(TryAgain) as amid:
            lost(engine, server)
        with pytest.raises(TryAgain) as after:
            tally(engine)
        server.start()
        assert answered(engine) == 7
        engine.dispose()
    assert [amid.value.code, after.value.code] == ["DATABASE_GONE"] * 2


def test_a_connection_that_the_server_ended_is_replaced_unseen(
    engine: sa.Engine, postgresql: PostgreSQL
) -> None:
    run(engine, *START)
    other = sa.create_engine(postgresql.address("postgres"), isolation_level="AUTOCOMMIT")
    with other.connect() as operator:
        operator.exec_driver_sql(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            f" where datname = '{engine.url.database}'"
        )
    other.dispose()
    assert tally(engine) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "insert into pupil values (:name)",  # twice the same
        "insert into pupil (name, born) values ('x', :name)",  # no date
        "insert into pupil (name, age) values ('x', cast(:name as text)::integer)",
        "insert into pupil (name, age) values (:name, 99)",
        "select unknown(cast(:name as text)) from pupil",
    ],
)
def test_no_error_quotes_a_value(engine: sa.Engine, statement: str) -> None:
    table = "create table pupil (name text primary key, born date, age integer check (age < 30))"
    run(engine, table)
    with engine.begin() as connection:
        connection.execute(sa.text("insert into pupil values (:name)"), PUPIL)
    with pytest.raises(exc.DBAPIError) as failed, engine.begin() as connection:
        connection.execute(sa.text(statement), PUPIL)
    told = f"{failed.value} {failed.value!r} {failed.value.orig} {failed.value.orig!r}"
    assert "Zoé" not in told
    assert "psycopg" in told


def test_a_writer_that_waits_too_long_is_told_to_try_again(engine: sa.Engine) -> None:
    hasty = open_database(engine.url.render_as_string(hide_password=False), patience_s=0.01)
    with engine.begin():
        assert refused(hasty).code == "DATABASE_BUSY"
    run(hasty, *START)
    hasty.dispose()


def refused(engine: sa.Engine) -> PreauError:
    with pytest.raises(TryAgain) as told, engine.begin():
        pass
    return told.value


def test_a_write_in_a_snapshot_that_is_no_longer_true_is_tried_again(engine: sa.Engine) -> None:
    run(engine, *START)
    with engine.connect() as reader:
        assert reader.execute(sa.text("select n from tally")).scalar() == 0
        run(engine, "update tally set n = 1")
        with pytest.raises(TryAgain) as told:
            reader.execute(sa.text("update tally set n = 2"))
    assert told.value.code == "DATABASE_BUSY"


def test_a_list_may_be_empty(engine: sa.Engine) -> None:
    run(engine, "create table pupil (name text)", "insert into pupil values ('x')")
    for word, found in (("in", 0), ("not in", 1)):
        asked = sa.text(f"select count(*) from pupil where name {word} :names")
        asked = asked.bindparams(sa.bindparam("names", expanding=True))
        with engine.connect() as connection:
            assert connection.execute(asked, {"names": []}).scalar() == found


def test_a_server_that_only_reads_is_a_passing_fault(engine: sa.Engine) -> None:
    with pytest.raises(TryAgain) as told:
        run(engine, "set transaction read only", *START)
    assert "stand-by" in str(told.value)


def test_an_encoding_that_lacks_letters_is_refused(postgresql: PostgreSQL) -> None:
    with postgresql.fresh(BLANK, encoding="LATIN1") as address:
        engine = open_database(address)
        with pytest.raises(Stop) as stopped:
            prepare(engine)
        engine.dispose()
    assert stopped.value.code == "DATABASE_ENCODING"


def test_a_text_is_never_sorted_by_the_servers_language(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and data_type = 'text'"
            " and collation_name is distinct from 'C'"
        ).all()
    assert found == []


def test_a_server_that_is_not_there_is_a_passing_fault() -> None:
    away = open_database("postgresql+psycopg://preau:hunter2@/preau?host=/nowhere")
    told = refused(away)
    assert told.code == "DATABASE_GONE"
    assert "hunter2" not in str(told)


@pytest.mark.parametrize("granted", [True, False])
def test_a_destroyed_key_is_in_no_table_and_in_no_log_that_the_role_may_leave(
    postgresql: PostgreSQL, capsys: pytest.CaptureFixture[str], *, granted: bool
) -> None:
    with postgresql.fresh(BLANK) as address, postgresql.role(address, granted=granted) as theirs:
        engine = open_database(theirs)
        prepare(engine)
        book = SubjectKeys(engine, MasterKey(bytes(range(32))))
        kid = book.keys(["ent-ecole/1"])["ent-ecole/1"].kid
        tables, log, _ = postgresql.files(address)
        assert held(tables, kid, postgresql, address)
        assert held(log, kid, postgresql, address)
        assert book.forget(["ent-ecole/1"]) == 1
        engine.dispose()
        assert not held(tables, kid, postgresql, address)
        assert held(log, kid, postgresql, address) is not granted
    warned = "destroyed keys stay in the server's log" in capsys.readouterr().out
    assert warned is not granted


def held(folder: Path, kid: bytes, server: PostgreSQL, address: str) -> bool:
    server.on_disk(address)  # what is in memory is written
    return any(kid in file.read_bytes() for file in folder.iterdir() if file.is_file())
