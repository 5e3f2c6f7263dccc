"""Opens a PostgreSQL database so that it behaves as the SQLite file does, for the same statements.

Writers queue on one advisory lock, readers see one snapshot, texts sort by code point whatever the
server's language, and a lost server is `TryAgain`. Facts from PostgreSQL's documentation, 13.2
(isolation), 13.3.5 (advisory locks), appendix A (SQLSTATE), and psycopg's.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg

from preau.errors import Stop, TryAgain
from preau.store.address import WHERE, bad_address, lacking
from preau.store.turns import take_turns

_DRIVERS = ("postgresql", "postgresql+psycopg")
_TURN = f"select pg_advisory_xact_lock({0x5072_6561_75})"  # a number of Préau's own
_SESSION = (
    "set lock_timeout = {patience_ms}",
    "set tcp_keepalives_idle = 30",  # s: a client that vanished does not keep its turn for hours
    "set tcp_keepalives_interval = 10",
    "set tcp_keepalives_count = 3",
)
_CLIENT = {
    "application_name": "preau",
    "connect_timeout": "10",  # s
    "tcp_user_timeout": "30000",  # ms: as long for a server that vanished amid a statement
}
_PASSING = {
    "55P03": "another process kept the database for too long",
    "40001": "another process changed the same thing at once",
    "40P01": "another process changed the same thing at once",
    "53100": "the disk of the database is full",
    "53200": "the server of the database has no memory left",
    "53300": "the server of the database takes no further connection",
    "25006": "the server of the database only reads: it is a stand-by",
}
_GONE = {"57P01", "57P02", "57P03"}  # it is shutting down, crashed, or starting
_HOLDS_VALUES = "22"  # the class of errors whose first sentence may quote a value


class _Compiler(PGCompiler_psycopg):
    """Of an empty list PostgreSQL must know the type, which no value tells: ours are of texts."""

    def visit_empty_set_expr(self, element_types: Any, **kw: Any) -> str:
        known = [sa.Text() if isinstance(t, sa.types.NullType) else t for t in element_types]
        usual: Any = super()  # SQLAlchemy gives its compiler no types
        return str(usual.visit_empty_set_expr(known, **kw))


def open_postgresql(said: sa.URL, patience_s: float) -> sa.Engine:
    """The engine of this address; a writer waits so long for its turn.

    Raises `Stop`: DATABASE_URL, DATABASE_DRIVER; at the first connection DATABASE_ENCODING.
    """
    if said.drivername not in _DRIVERS:
        raise bad_address("Préau speaks to PostgreSQL through psycopg only")
    client = {name: value for name, value in _CLIENT.items() if name not in said.query}
    try:
        engine = sa.create_engine(
            said, hide_parameters=True, pool_pre_ping=True, connect_args=client
        )
    except ImportError as error:
        fix = "pip install 'psycopg[binary]' beside preau, or install preau[postgresql]"
        what = "no driver for PostgreSQL is installed"
        raise Stop("DATABASE_DRIVER", what, where=WHERE, fix=fix) from error
    patience_ms = max(1, round(patience_s * 1_000))  # 0 would mean: for ever

    def settle(raw: Any, _record: object) -> None:
        _settle(raw, patience_ms)

    engine.dialect.statement_compiler = _Compiler
    event.listen(engine, "connect", settle)
    event.listen(engine, "handle_error", _tell)
    take_turns(engine, _begin_to_read, _begin_to_write)
    return engine


def collate(metadata: sa.MetaData) -> None:
    """Texts sort and compare by code point, as on SQLite, whatever the server's language."""
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.String):
                column.type = sa.Text(collation="C")


def _settle(raw: Any, patience_ms: int) -> None:
    """Sets up one connection, in one round trip."""
    if raw.info.parameter_status("server_encoding") != "UTF8":
        what = "the database does not hold every letter: its encoding is not UTF8"
        fix = "create it anew: create database preau encoding 'UTF8' template template0"
        raise Stop("DATABASE_ENCODING", what, where=WHERE, fix=fix)
    raw.execute("; ".join(_SESSION).format(patience_ms=patience_ms))
    raw.commit()


def _begin_to_read(connection: sa.Connection) -> None:
    """One snapshot for all its statements: psycopg begins with the level that is noted here."""
    _raw(connection).isolation_level = _REPEATABLE_READ


def _begin_to_write(connection: sa.Connection) -> None:
    """Each statement sees what was committed before it; after the lock, nobody else commits.

    (A snapshot would be taken with the lock's own statement, before its turn.)
    """
    _raw(connection).isolation_level = _READ_COMMITTED
    connection.exec_driver_sql(_TURN)


_READ_COMMITTED, _REPEATABLE_READ = 2, 3  # psycopg.IsolationLevel, without importing it


def _raw(connection: sa.Connection) -> Any:
    return connection.connection.dbapi_connection


_MISSING = {"42P01", "42703"}  # undefined_table, undefined_column


def _tell(context: sa.engine.ExceptionContext) -> None:
    """Raises what the rest of the hub understands; another error goes on, without its values."""
    if context.is_pre_ping:
        return  # the pool replaces a connection that was lost while nobody used it
    fault: Any = context.original_exception
    state = getattr(fault, "sqlstate", None)
    if state in _PASSING:
        raise TryAgain("DATABASE_BUSY", _PASSING[state], where=WHERE) from fault
    if context.is_disconnect or context.connection is None or state in _GONE:
        what, fix = "the database does not answer", "see that it runs and lets this user in"
        raise TryAgain("DATABASE_GONE", what, where=WHERE, fix=fix) from fault
    if state in _MISSING:
        raise lacking() from fault
    if state is not None:
        _silence(fault, context.sqlalchemy_exception)


def _silence(fault: Any, told: BaseException | None) -> None:
    """PostgreSQL's second line quotes the row that it refuses; its first may quote a value."""
    first = "" if fault.sqlstate.startswith(_HOLDS_VALUES) else fault.diag.message_primary
    fault.args = (f"{type(fault).__name__} {fault.sqlstate} {first or ''}".strip(),)
    if isinstance(told, exc.DBAPIError):
        told.args = (f"(psycopg) {fault.args[0]}",)
