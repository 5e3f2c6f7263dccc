"""The database's log emptied: keys that were destroyed are then nowhere in its files."""

from __future__ import annotations

from contextlib import closing

import sqlalchemy as sa

from preau.errors import Place, TryAgain
from preau.store.rests import drop_rests


def empty_log(engine: sa.Engine) -> None:
    """Leaves no byte of a key that was destroyed, in the database's tables or in its log.

    On SQLite the log is carried into the file, where deleted bytes are overwritten, and cut to
    nothing: that holds for every row. On PostgreSQL it holds for the tables that hold keys, see
    `preau.store.rests`; other rows go with its own vacuum, and hold ids only. It must be called
    outside a transaction. Raises `TryAgain` (KEYS_LINGER) when a reader keeps those bytes: the same
    call ends the work later.
    """
    emptied = _empty_wal(engine) if engine.dialect.name == "sqlite" else drop_rests(engine)
    if not emptied:
        what = "it is deleted, but its bytes are still in the database's log"
        fix = "nothing: the hub tries again; end a reader of the database that never ends"
        raise TryAgain("KEYS_LINGER", what, where=Place(field="PREAU_DATABASE"), fix=fix)


def _empty_wal(engine: sa.Engine) -> bool:
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute("pragma wal_checkpoint(truncate)")
        busy, *_ = cursor.fetchall()[0]
    return not busy
