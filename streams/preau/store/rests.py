"""PostgreSQL's files rid of keys that were destroyed: tables written anew, the log behind left.

A plain `vacuum` only marks a deleted row's place as free; its bytes stay until something is written
over them. `vacuum full` writes the table anew and drops the old file. Facts from PostgreSQL's
documentation: VACUUM, 28.5 (WAL files are recycled or removed at a checkpoint), `wal_recycle`.
"""

from __future__ import annotations

import time

import sqlalchemy as sa
import structlog
from sqlalchemy import exc

from preau.errors import TryAgain

#: Whatever opens what is personal: wrapped keys, and the terms of erasures under way.
TABLES = ("subject_key", "letter_key", "erasure_terms")
#: How long older readers, or the tables' own, are waited for, in seconds; others wait behind us.
PATIENCE_S = 2.0
_TICK_S = 0.05
_DENIED = "42501"  # insufficient_privilege
_NOW = sa.text("select cast(pg_current_xact_id() as xid)")
_OLDER = sa.text(
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid()"
    " and greatest(age(backend_xmin), age(backend_xid)) > age(cast(cast(:now as text) as xid))"
)
_RECYCLES = sa.text("select coalesce(current_setting('wal_recycle', true), 'on') = 'on'")
log = structlog.get_logger()


def drop_rests(engine: sa.Engine) -> bool:
    """Writes the tables of keys anew and has the server leave its log; whether a reader hindered.

    Where the hub's role may not order `pg_switch_wal()` and `checkpoint`, or the server uses old
    files of the log again, it keeps the keys, wrapped as they were, until it is written over; a
    warning says so.
    """
    with engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        if not _readers_ended(connection):
            return False
        patience = connection.execute(sa.text("show lock_timeout")).scalar_one()
        connection.execute(sa.text(f"set lock_timeout = '{PATIENCE_S:.0f}s'"))
        try:
            for table in TABLES:
                connection.execute(sa.text(f"vacuum full {table}"))
        except TryAgain:
            return False
        finally:
            connection.execute(sa.text(f"set lock_timeout = '{patience}'"))
        _leave_log(connection)
    return True


def _readers_ended(connection: sa.Connection) -> bool:
    """Whether nobody reads any more what was there before: a row that they see is kept for them."""
    now = str(connection.execute(_NOW).scalar_one())
    limit = time.monotonic() + PATIENCE_S
    while connection.execute(_OLDER, {"now": now}).scalar_one():
        if time.monotonic() > limit:
            return False
        time.sleep(_TICK_S)
    return True


def _leave_log(connection: sa.Connection) -> None:
    """A new file of the log is begun, and those before it are not needed after the checkpoint."""
    recycled = connection.execute(_RECYCLES).scalar_one()
    try:
        connection.execute(sa.text("select pg_switch_wal()"))
        connection.execute(sa.text("checkpoint"))
    except exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _DENIED:
            raise
        recycled = True
    if recycled:
        log.warning("destroyed keys stay in the server's log until it is written over")
