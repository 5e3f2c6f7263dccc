"""Chooses how a file is read by its name, for a product that drops several kinds of files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.readers.calendar import CalendarReader
from preau.readers.dropped_file import CALENDAR, CSV, DroppedFile
from preau.readers.piece import Piece, Reader
from preau.readers.table import TableReader
from preau.readers.told import Told

_READERS: Mapping[str, type[TableReader | CalendarReader]] = {
    CSV: TableReader,
    CALENDAR: CalendarReader,
}
OpenOther = Callable[[], Reader]
"""Opens the reader of what is in no declared file."""


class ByName:
    """Declared files by their name, everything else as the card says.

    A sample is named `EVENT--<name of the file>`: what stands before `--` does not count. `unread`
    is how many columns of the last file were passed over.
    """

    def __init__(self, forms: Sequence[DroppedFile], other: OpenOther, told: Told) -> None:
        self._forms = forms
        self._other = other
        self._told = told
        self.unread = 0

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """The pieces of a file called `name`.

        Raises `SetAside` (FILE_NAME) when it is a table or a calendar of no declared name.
        """
        own = name.rpartition("--")[2]
        for form in self._forms:
            if form.held(own) is not None:
                reader = _READERS[form.form](form, self._told)
                for piece in reader.split(stream, own):
                    self.unread = reader.unread
                    yield piece
                return
        ending = own.rpartition(".")[2].lower()
        if any(form.name.endswith(f".{ending}") for form in self._forms):
            raise self._unknown(name)
        yield from self._other().split(stream, name)

    def parse(self, body: bytes) -> object:
        """The plain values of one piece's body."""
        return json_guard.read(body)

    def _unknown(self, name: str) -> SetAside:
        known = tuple(form.name for form in self._forms)
        fix = "give the file one of the known names"
        what = "no file of this name is expected"
        return SetAside("FILE_NAME", what, where=Place(file=name), known=known, fix=fix)
