"""SQLite's log emptied: what was deleted in the database is then nowhere in its files."""

from __future__ import annotations

from contextlib import closing

import sqlalchemy as sa

from preau.errors import Place, TryAgain


def empty_log(engine: sa.Engine) -> None:
    """Carries the log into the file, where deleted bytes are overwritten, and cuts it to nothing.

    On PostgreSQL nothing is done: deleted bytes go with the next vacuum. It must be called outside
    a transaction. Raises `TryAgain` (KEYS_LINGER) when a reader keeps the log from being emptied:
    the same call ends the work later.
    """
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute("pragma wal_checkpoint(truncate)")
        busy, *_ = cursor.fetchall()[0]
    if busy:
        what = "it is deleted, but its bytes are still in the database's log"
        fix = "nothing: the hub tries again; end a reader of the database that never ends"
        raise TryAgain("KEYS_LINGER", what, where=Place(field="PREAU_DATABASE"), fix=fix)
