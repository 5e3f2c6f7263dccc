"""What one source last said of each object, sealed, so that a change of a part can be put on it.

An SQLite file beside the source's marks (`preau.store.snapshots`), kept only for a source whose
delta files may come. What it holds is opaque here; it can be lost: changes are then set aside until
the next Complet.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from pathlib import Path

Row = tuple[str, str, bytes | None]
"""A category, an id, the sealed words; None: the object is no more."""

#: With rowids: of a blob of a kilobyte, a table without them puts half on a page of its own.
_TABLE = """
create table if not exists value (
  category text not null, id text not null, sealed blob, primary key (category, id)
)
"""
_PUT = "insert or replace into value (category, id, sealed) values (?, ?, ?)"
_FIND = "select sealed from value where category = ? and id = ?"
_TAKE = (
    "insert or replace into value (category, id, sealed)"
    " select category, id, sealed from fresh.value where sealed is not null"
)
_DROP = (
    "delete from value where exists (select 1 from fresh.value n"
    " where n.category = value.category and n.id = value.id and n.sealed is null)"
)
#: A file that is written whole, then perhaps thrown away, needs no journal.
_HASTY = ("pragma journal_mode = off", "pragma synchronous = off")


class ValueWriter:
    """A new file of what one import says."""

    def __init__(self, file: Path) -> None:
        self._sql = sqlite3.connect(file, isolation_level=None)
        for statement in (*_HASTY, _TABLE, "begin"):
            self._sql.execute(statement)

    def put(self, rows: Iterable[Row]) -> None:
        """Writes these over what the same objects said before in this file."""
        self._sql.executemany(_PUT, rows)

    def close(self) -> None:
        """Ends the writing."""
        self._sql.execute("commit")
        self._sql.close()


class ValueReader:
    """A file of what the last imports said; one that is not there holds nothing."""

    def __init__(self, file: Path) -> None:
        self._sql = sqlite3.connect(f"file:{file}?mode=ro", uri=True) if file.exists() else None

    def find(self, category: str, id_: str) -> bytes | None:
        """The sealed words of one object."""
        if self._sql is None:
            return None
        row = self._sql.execute(_FIND, (category, id_)).fetchone()
        return None if row is None else row[0]

    def close(self) -> None:
        """Ends the reading."""
        if self._sql is not None:
            self._sql.close()


def merge(file: Path, fresh: Path) -> None:
    """Writes what the file `fresh` says into `file`, in one transaction; twice is as once."""
    with closing(sqlite3.connect(file, isolation_level=None)) as sql:
        sql.execute("pragma secure_delete = on")
        sql.execute(_TABLE)
        sql.execute("attach ? as fresh", (str(fresh),))
        sql.execute("begin immediate")
        for statement in (_TAKE, _DROP):
            sql.execute(statement)
        sql.execute("commit")


def drop_values(file: Path, ids: Collection[str]) -> int:
    """Takes these objects out, overwriting their bytes; how many. The caller holds the folder."""
    with closing(sqlite3.connect(file)) as sql, sql:
        sql.execute("pragma secure_delete = on")
        rows = [(id_,) for id_ in sorted(ids)]
        return sql.executemany("delete from value where id = ?", rows).rowcount
