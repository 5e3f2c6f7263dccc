"""What one source said at its last import: a mark of each object, so that only changes travel.

An SQLite file of its own beside the deposit, one per source, and no table of the control plane: an
import of an académie writes a million rows, and must not keep the hub's writers waiting. It can be
lost: the next import then says everything again, which changes nothing. It holds keyed digests, the
source's own ids and counts, never a value.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

_TABLES = """
pragma journal_mode = off;
pragma synchronous = off;
pragma cache_size = -32000;
create table if not exists fact (name text primary key, value text not null);
create table if not exists object (
  category text not null, id text not null, raw blob not null, said blob not null,
  place text not null, keys text not null, aside text not null, primary key (category, id)
) without rowid;
"""
_COLUMNS = "category, id, raw, said, place, keys, aside"
_FIND = f"select {_COLUMNS} from object where category = ? and id = ?"  # noqa: S608 - our own columns
_ADD = f"insert or ignore into object ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_SAME = (
    f"insert or ignore into object ({_COLUMNS}) select {_COLUMNS} from last.object"  # noqa: S608
    " where category = ? and id = ? and raw = ? and said <> x''"
)
_COUNTS = "select category, place, count(*) from object where keys <> '' group by category, place"
_ABSENT = (
    f"select {_COLUMNS} from object o where not exists"  # noqa: S608
    " (select 1 from fresh.object n where n.category = o.category and n.id = o.id)"
)
_GONE = f"{_ABSENT} order by category, id"
_CARRY = f"insert into fresh.object ({_COLUMNS}) {_ABSENT} and category = ?"
_CATEGORIES = "select distinct category from object"


class Mark(NamedTuple):
    """One object as it was said.

    `raw` is a keyed digest of its bytes, `said` of its values without what the file says of itself
    (empty: a file of differences said that the object is no more);
    `place` is the establishment it belongs to, empty for none; `keys` are the canonical records
    that it gave, (record, source id) pairs, one per line; `aside` the reasons why it gave less.
    """

    category: str
    id: str
    raw: bytes
    said: bytes
    place: str
    keys: str
    aside: str


class Snapshot:
    """One file of marks; a file that is written is worth something only once it is `kept`."""

    def __init__(self, file: Path, last: Path | None = None) -> None:
        """`last` is the file of the state before, which is there: `keep` takes from it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._sql = sqlite3.connect(file, isolation_level=None)
        self._sql.executescript(_TABLES)
        if last is not None:
            self._sql.execute("attach ? as last", (str(last),))
        self._sql.execute("begin")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def find(self, category: str, id_: str) -> Mark | None:
        """The mark of one object."""
        row = self._sql.execute(_FIND, (category, id_)).fetchone()
        return None if row is None else Mark(*row)

    def add(self, mark: Mark) -> bool:
        """Writes a mark; False, changing nothing, when the object has one already."""
        return self._sql.execute(_ADD, mark).rowcount == 1

    def keep(self, category: str, id_: str, raw: bytes) -> bool:
        """Takes the mark of an object over from the state before, when its bytes are the same.

        False, changing nothing, when they are not, when the object was no more, or has a mark here.
        """
        return self._sql.execute(_SAME, (category, id_, raw)).rowcount == 1

    def counts(self) -> dict[tuple[str, str], int]:
        """(category, place) → how many objects."""
        return {(category, place): count for category, place, count in self._sql.execute(_COUNTS)}

    @property
    def categories(self) -> list[str]:
        """What there is."""
        return [category for (category,) in self._sql.execute(_CATEGORIES)]

    def carry(self, fresh: Path, categories: Iterable[str]) -> int:
        """Copies to the file `fresh`, which is closed, what it lacks of these; how many."""
        with self._beside(fresh):
            return sum(self._sql.execute(_CARRY, (each,)).rowcount for each in categories)

    def gone(self, fresh: Path) -> Iterator[Mark]:
        """The marks whose objects are not in the file `fresh`, which is closed."""
        with self._beside(fresh):
            for row in self._sql.execute(_GONE):
                yield Mark(*row)

    @property
    def facts(self) -> dict[str, str]:
        """What is known of the import: its day, version, académie, edition of the folder."""
        return dict(self._sql.execute("select name, value from fact"))

    def state(self, facts: Mapping[str, str]) -> None:
        """Writes facts over those of the same name."""
        self._sql.executemany("insert or replace into fact values (?, ?)", list(facts.items()))

    @contextmanager
    def _beside(self, fresh: Path) -> Iterator[None]:
        self._sql.execute("commit")  # SQLite attaches and detaches outside transactions only
        self._sql.execute("attach ? as fresh", (str(fresh),))
        try:
            yield
        finally:
            self._sql.execute("detach fresh")
            self._sql.execute("begin")

    def close(self) -> None:
        """Ends the writing."""
        self._sql.execute("commit")
        self._sql.close()


def drop_marks(file: Path, ids: Collection[str]) -> int:
    """Takes out every mark of these objects, and of what gave a record of one of them; how many.

    The bytes are overwritten. The next import says such an object again, as one that is new. The
    caller holds the source's folder.
    """
    with closing(sqlite3.connect(file)) as sql, sql:
        sql.execute("pragma secure_delete = on")
        rows = sql.execute("select category, id, keys from object").fetchall()
        gone = [
            (category, id_)
            for category, id_, keys in rows
            if id_ in ids or any(line.partition(" ")[2] in ids for line in keys.split("\n"))
        ]
        sql.executemany("delete from object where category = ? and id = ?", gone)
    return len(gone)
