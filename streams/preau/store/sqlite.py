"""Opens an SQLite file: private to its owner, durable, and honest when it cannot be used."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from preau.errors import Stop, TryAgain
from preau.store.address import KNOWN, WHERE, bad_address, lacking
from preau.store.turns import take_turns

_OPENING_S = 30.0
_TICK_S = 0.01
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
_MISSING = ("no such table", "no such column")
_UNUSABLE = {
    sqlite3.SQLITE_CORRUPT: "the database file is damaged",
    sqlite3.SQLITE_NOTADB: "this file is not a database",
    sqlite3.SQLITE_READONLY: "the hub may not write in the database file",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
}


def open_sqlite(said: sa.URL, patience_s: float) -> sa.Engine:
    """The engine of this file, made if absent; a writer waits so long for its turn.

    Raises `Stop`: DATABASE_URL, DATABASE_IN_MEMORY, DATABASE_FILE.
    """
    if said.query:
        raise bad_address("the address of an SQLite file takes no options")
    if said.database in {None, "", ":memory:"}:
        fix = "give a file, as in sqlite:///preau.db"
        what = "the database must be a file: keys held in memory are lost, and all they sealed"
        raise Stop("DATABASE_IN_MEMORY", what, where=WHERE, known=KNOWN, fix=fix)
    _make_private(Path(str(said.database)))
    engine = sa.create_engine(
        said,
        hide_parameters=True,
        connect_args={"timeout": patience_s, "isolation_level": None},  # BEGIN is ours to write
    )
    event.listen(engine, "connect", _settle)
    take_turns(engine, _begin_to_read, _begin_to_write)
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
    deadline = time.monotonic() + _OPENING_S
    while True:
        try:
            return str(raw.execute("pragma journal_mode = wal").fetchone()[0])
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(_TICK_S)


def _begin_to_read(connection: sa.Connection) -> None:
    connection.exec_driver_sql("begin deferred")


def _begin_to_write(connection: sa.Connection) -> None:
    connection.exec_driver_sql("begin immediate")


def _tell(context: sa.engine.ExceptionContext) -> None:
    """Raises what the rest of the hub understands; SQLAlchemy's own error goes on otherwise."""
    fault = context.original_exception
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the rest is SQLite's finer reason
    if code in _PASSING:
        raise TryAgain("DATABASE_BUSY", _PASSING[code], where=WHERE) from fault
    if code in _UNUSABLE:
        raise _bad_file(_UNUSABLE[code]) from fault
    if code == sqlite3.SQLITE_ERROR and str(fault).startswith(_MISSING):
        raise lacking() from fault


def _bad_file(what: str) -> Stop:
    fix = "give a file on a local disk where the hub's user may write, or its backup"
    return Stop("DATABASE_FILE", what, where=WHERE, fix=fix)
