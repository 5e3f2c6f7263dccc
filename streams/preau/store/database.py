"""Opens the database of the control plane, SQLite or PostgreSQL, and makes its tables.

On SQLite `engine.begin()` takes the write lock at once (BEGIN IMMEDIATE), so that processes that
write queue instead of failing half-way; `engine.connect()` reads one snapshot and locks nobody out.
What passes by itself (a busy file, a full disk, a lost server) is raised as `TryAgain`. Messages of
errors never hold the values of a statement.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from preau.clock import Clock, SystemClock
from preau.errors import Place, Stop, TryAgain
from preau.store import (
    aliases,
    api_keys,
    audit,
    audit_roots,
    deliveries,
    delta_sources,
    erasures,
    imports,
    instances,
    kept_back,
    letter_keys,
    master_mark,
    origins,
    orphans,
    outgoing,
    persons,
    projections,
    projects,
    receipt_levels,
    receipts,
    rulings,
    said,
    set_asides,
    subject_keys,
    switches,
    traces,
)
from preau.store.editions import needed

#: Grows when a table that exists changes; a new table alone needs no new edition.
EDITION = 2
#: How long a writer waits for its turn, in seconds.
PATIENCE_S = 30.0
_TICK_S = 0.01
_TABLES = (
    origins,
    *(deliveries, receipts, instances, api_keys, subject_keys, letter_keys, erasures),
    *(said, persons, traces, projects, outgoing, master_mark, imports, audit, audit_roots),
    *(switches, kept_back, delta_sources),
    *(rulings, aliases, set_asides, orphans, receipt_levels, projections),
)
_WHERE = Place(field="PREAU_DATABASE")
_KNOWN = ("sqlite:///<file>", "postgresql://<user>:<password>@<host>/<database>")
_PRAGMAS = (
    "pragma synchronous = full",  # what was committed survives a power cut
    "pragma foreign_keys = on",
    "pragma secure_delete = on",  # an erased key is overwritten, not only unlinked
    "pragma cache_size = -16000",  # KiB: a département's keys; a key is read a quarter faster
)
_PASSING = {
    sqlite3.SQLITE_BUSY: "another process kept the database for too long",
    sqlite3.SQLITE_LOCKED: "another process kept the database for too long",
    sqlite3.SQLITE_IOERR: "the disk of the database does not answer",
    sqlite3.SQLITE_FULL: "the disk of the database is full",
}
_UNUSABLE = {
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "this file is not a database",
    sqlite3.SQLITE_READONLY: "the hub may not write in the database file",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
}
_ADVISORY_LOCK = 0x5072_6561_75  # any number that only Préau uses on its database
_BY_STATEMENT = "preau: the next transaction is opened by a statement"


def open_database(url: str, *, patience_s: float = PATIENCE_S) -> sa.Engine:
    """The engine of this SQLAlchemy address; an SQLite file and its folder are made if absent.

    Raises `Stop`: DATABASE_URL, DATABASE_IN_MEMORY (it would forget keys), DATABASE_DRIVER,
    DATABASE_FILE. The address, which may hold a password, is in no message.
    """
    try:
        said = sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        raise _bad_address("the address of the database cannot be read") from None
    if said.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _open_sqlite(said, patience_s)
    if said.get_backend_name() == "postgresql":
        return _open_postgresql(said)
    raise _bad_address("Préau does not know this kind of database")


def prepare(engine: sa.Engine, clock: Clock | None = None) -> None:
    """Makes the tables that are missing; processes that do so at once wait for one another.

    Raises `Stop` (DATABASE_NEWER), touching nothing, when a newer Préau made this database.
    """
    metadata = sa.MetaData()
    editions = sa.Table(
        "schema_edition", metadata, sa.Column("edition", sa.Integer, primary_key=True)
    )
    for module in _TABLES:
        module.declare(metadata)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = sa.text("select pg_advisory_xact_lock(:number)")
            connection.execute(lock, {"number": _ADVISORY_LOCK})
        editions.create(connection, checkfirst=True)
        found = connection.execute(sa.select(sa.func.max(editions.c.edition))).scalar() or 0
        if found > EDITION:
            what = f"a newer Préau made this database: edition {found}, we know up to {EDITION}"
            fix = "install the newer Préau again, or give this one a database of its own"
            raise Stop("DATABASE_NEWER", what, where=_WHERE, fix=fix)
        ways = needed(found)
        for way in ways:
            way.before(connection)
        metadata.create_all(connection)
        for way in ways:
            way.after(connection, subject_keys.year_of((clock or SystemClock()).now_ms()))
        if found < EDITION:
            connection.execute(sa.insert(editions), {"edition": EDITION})


def _open_sqlite(said: sa.URL, patience_s: float) -> sa.Engine:
    if said.query:
        raise _bad_address("the address of an SQLite file takes no options")
    if said.database in {None, "", ":memory:"}:
        fix = "give a file, as in sqlite:///preau.db"
        what = "the database must be a file: keys held in memory are lost, and all they sealed"
        raise Stop("DATABASE_IN_MEMORY", what, where=_WHERE, known=_KNOWN, fix=fix)
    _make_private(Path(str(said.database)))
    engine = sa.create_engine(
        said,
        hide_parameters=True,
        connect_args={"timeout": patience_s, "isolation_level": None},  # BEGIN is ours to write
    )
    event.listen(engine, "connect", _settle)
    event.listen(engine, "engine_connect", _forget_statement)
    event.listen(engine, "before_execute", _note_statement)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _tell)
    return engine


def _open_postgresql(said: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(said, hide_parameters=True, pool_pre_ping=True)
    except exc.ArgumentError:
        raise _bad_address("SQLAlchemy does not know this PostgreSQL driver") from None
    except ImportError as error:
        fix = "pip install 'psycopg[binary]' beside preau"
        what = "no driver for PostgreSQL is installed"
        raise Stop("DATABASE_DRIVER", what, where=_WHERE, fix=fix) from error
    if engine.dialect.is_async:
        raise _bad_address("this PostgreSQL driver is asynchronous, the store is not")
    event.listen(engine, "handle_error", _tell)
    return engine


def _make_private(file: Path) -> None:
    """Makes an absent file readable by its owner only; one that is there is left alone.

    (To open and close a file that SQLite uses in this process would drop its locks.)
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        if file.is_file():
            return
        raise _bad_file("there is something else where the database file should be") from None
    except OSError as error:
        raise _bad_file(f"the database file cannot be made: {error.strerror}") from error


def _settle(raw: Any, _record: object) -> None:
    """Sets up one connection; WAL lets readers go on while one process writes."""
    for pragma in _PRAGMAS:
        raw.execute(pragma)
    mode = _use_wal(raw)
    if mode != "wal":
        raise _bad_file(f"the disk of the database allows no WAL, only {mode}")


def _use_wal(raw: Any) -> str:
    """The journal's mode then; waits here while others open a new file, since SQLite does not."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return str(raw.execute("pragma journal_mode = wal").fetchone()[0])
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(_TICK_S)


def _forget_statement(connection: sa.Connection) -> None:
    connection.info.pop(_BY_STATEMENT, None)


def _note_statement(connection: sa.Connection, *_said: object) -> None:
    """Outside a transaction SQLAlchemy says this first, then opens one for the statement."""
    if not connection.in_transaction():
        connection.info[_BY_STATEMENT] = True


def _begin(connection: sa.Connection) -> None:
    reads = connection.info.pop(_BY_STATEMENT, False)
    connection.exec_driver_sql("begin deferred" if reads else "begin immediate")


def _tell(context: sa.engine.ExceptionContext) -> None:
    """Raises what the rest of the hub understands; SQLAlchemy's own error goes on otherwise."""
    fault = context.original_exception
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the rest is SQLite's finer reason
    if code in _PASSING:
        raise TryAgain("DATABASE_BUSY", _PASSING[code], where=_WHERE) from fault
    if code in _UNUSABLE:
        raise _bad_file(_UNUSABLE[code]) from fault
    if context.is_disconnect or context.connection is None:
        raise TryAgain("DATABASE_GONE", "the database does not answer", where=_WHERE) from fault


def _bad_address(what: str) -> Stop:
    return Stop("DATABASE_URL", what, where=_WHERE, known=_KNOWN, fix="correct the address")


def _bad_file(what: str) -> Stop:
    fix = "give a file on a local disk where the hub's user may write, or its backup"
    return Stop("DATABASE_FILE", what, where=_WHERE, fix=fix)
