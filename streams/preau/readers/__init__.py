"""Readers: from a file as received to pieces, one event each; one reader per file format."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from preau.errors import FixTheFolder, Place
from preau.readers.aaf import AafReader
from preau.readers.aaf_first_degree import FirstDegreeReader
from preau.readers.by_name import ByName
from preau.readers.dropped_file import DroppedFile
from preau.readers.json_reader import JsonReader
from preau.readers.onde import OndeReader
from preau.readers.piece import Reader
from preau.readers.siecle import SiecleReader
from preau.readers.sts import StsReader
from preau.readers.told import NOTHING, Told

#: The readers a connector's card may name.
READERS: dict[str, Callable[[Told], Reader]] = {
    "json": JsonReader,
    "aaf": AafReader,
    "aaf-1d": FirstDegreeReader,
    "onde": OndeReader,
    "siecle": SiecleReader,
    "sts": StsReader,
}

#: Those whose files may say only what changed since the last whole set.
DELTAS = frozenset({"aaf", "aaf-1d"})


def open_reader(name: str, told: Told = NOTHING, dropped: Sequence[DroppedFile] = ()) -> Reader:
    """The reader a card names, told what the file may not say.

    `dropped` are the kinds of files that the folder declares: those are read by their names.
    Raises `FixTheFolder` when no reader has that name.
    """
    if name not in READERS:
        where = Place(file="connector.yaml", field="reader")
        what = "no reader has this name"
        fix = "name one of the known readers"
        raise FixTheFolder("READER_UNKNOWN", what, where=where, known=tuple(READERS), fix=fix)
    if dropped:
        return ByName(dropped, lambda: READERS[name](told), told)
    return READERS[name](told)
