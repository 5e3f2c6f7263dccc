"""The last words of a source's objects while one import goes on: kept sealed, asked for by changes.

```
<data>/imports/<instance>/values.db              what each object last said
<data>/imports/<instance>/<id>/values.db         what this import says of some, until it is sent
<data>/imports/<instance>/<id>/values-whole.db   the same, of all: the first such file, or a new one
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from preau.errors import SetAside
from preau.imports.modification import modified
from preau.keys.copies import Copied, open_copy, seal_copies
from preau.keys.seal import KeyBook
from preau.store.last_values import ValueReader, ValueWriter, merge
from preau.store.snapshots import Mark

VALUES, WHOLE = "values.db", "values-whole.db"
FACT = "values"
"""The fact of a snapshot that says that the last words of its objects are kept, since which year.

Keys are of a school year, and are destroyed some time after it: each year the words are kept anew.
"""
#: Copies sealed at once: their keys are asked for in one go.
_BLOCK = 1_000
_SWITCH_ON = "say that delta files may come (preau instance deltas NAME on), then import a Complet"
_COMPLET = "import a Complet first: what it says is kept, and later changes are put on it"
_NEXT = "ask the académie for a Complet that holds this record"
_GONE = "nothing if the person was erased; else import a Complet in which the record changed"


class Keeping(NamedTuple):
    """Where the words are: `last` of before, `room` of this import (None: it writes nothing).

    `kept` is the school year in which the words of a whole set were kept, empty when they were
    not; `year` is this one.
    """

    book: KeyBook
    instance: str
    last: Path
    room: Path | None
    kept: str
    year: str


class LastValues:
    """What the objects of one source last said; without `keeping`, nothing is kept or known."""

    def __init__(self, keeping: Keeping | None, digest: Callable[[bytes], bytes]) -> None:
        self._keeping = keeping
        self._digest = digest
        self._reader: ValueReader | None = None
        self._writer: ValueWriter | None = None
        self._waiting: list[Copied] = []
        self.based = keeping is not None and keeping.kept != "" and keeping.last.exists()
        """Whether the words of the last whole set are there."""
        if keeping is not None:
            self._reader = ValueReader(keeping.last)
        if keeping is not None and keeping.room is not None:
            self._writer = ValueWriter(keeping.room / VALUES)
        new_year = keeping is not None and keeping.kept != keeping.year
        self.filling = self._writer is not None and (not self.based or new_year)
        """Whether the words of an object that says the same as before must be kept too."""

    def kept(self, *, whole: bool) -> str:
        """The school year in which all words were kept, after this import; empty for none."""
        if self._keeping is None or not (self.based or whole):
            return ""
        return self._keeping.year if whole else self._keeping.kept

    def keep(self, category: str, id_: str, words: bytes) -> None:
        """Keeps what an object says now."""
        if self._keeping is not None and self._writer is not None:
            self._waiting.append(Copied(f"{self._keeping.instance}/{id_}", category, words))
            if len(self._waiting) == _BLOCK:
                self._write(self._keeping, self._writer)

    def forget(self, category: str, id_: str) -> None:
        """An object is no more."""
        if self._writer is not None:
            self._writer.put([(category, id_, None)])

    def changed(self, change: Mapping[str, Any], old: Mark | None) -> dict[str, Any]:
        """What an object, marked `old`, says after the change.

        Raises `SetAside`: IMPORT_NOT_KEPT, IMPORT_NO_BASE, IMPORT_NO_RECORD.
        """
        if self._keeping is None:
            raise SetAside("IMPORT_NOT_KEPT", "last values are not kept", fix=_SWITCH_ON)
        if not self.based:
            raise SetAside("IMPORT_NO_BASE", "a change of what was never said whole", fix=_COMPLET)
        if old is None or not old.said:
            raise SetAside("IMPORT_NO_RECORD", "a change of a record that is not there", fix=_NEXT)
        words = self._words(self._keeping, old)
        if words is None or self._digest(words) != old.said:
            what = "the last values of this record cannot be read"
            raise SetAside("IMPORT_NOT_KEPT", what, fix=_GONE)
        return modified(orjson.loads(words), change)

    def close(self, *, whole: bool) -> None:
        """Ends the work; `whole`: the set said every object of its source."""
        if self._reader is not None:
            self._reader.close()
        if self._keeping is None or self._writer is None or self._keeping.room is None:
            return
        self._write(self._keeping, self._writer)
        self._writer.close()
        if whole and not self.based:
            (self._keeping.room / VALUES).rename(self._keeping.room / WHOLE)

    def abandon(self) -> None:
        """Ends the work of an import that comes to nothing."""
        self._waiting.clear()
        self.close(whole=False)

    def _words(self, keeping: Keeping, old: Mark) -> bytes | None:
        sealed = self._reader.find(old.category, old.id) if self._reader is not None else None
        if sealed is None:
            return None
        return open_copy(keeping.book, f"{keeping.instance}/{old.id}", old.category, sealed)

    def _write(self, keeping: Keeping, writer: ValueWriter) -> None:
        sealed = seal_copies(keeping.book, self._waiting)
        instance = len(keeping.instance) + 1
        rows = zip(self._waiting, sealed, strict=True)
        writer.put((each.about, each.subject[instance:], closed) for each, closed in rows)
        self._waiting.clear()


def settle(room: Path, last: Path) -> None:
    """Makes what an import kept, in its `room`, the last words; may be done again after a kill."""
    if (room / WHOLE).exists():
        (room / WHOLE).replace(last)
    elif (room / VALUES).exists():
        merge(last, room / VALUES)
