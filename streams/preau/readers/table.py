"""Reads the CSV files that a folder's `inlet/files.yaml` declares: each row is one vendor event.

Columns are found by their headers, whose case, accents and points do not count, in any order; what
is not declared is not kept. A broken row is set aside by its line and column, and the others go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.readers.csv_rows import FIXES, CsvFile, Flaw, Row
from preau.readers.dropped_file import DroppedFile, Held
from preau.readers.onde_columns import fold
from preau.readers.piece import Piece
from preau.readers.row_event import RowEvent
from preau.readers.told import Told

FIXES_HERE = {
    **FIXES,
    "CSV_COLUMNS": "export the file again, and do not edit it in between",
    "CSV_KEY": "fill in every column that tells who or what the row is",
    "FILE_ID": "export the file with the product's own ids",
}


class TableReader:
    """The reader of one declared kind of file; `unread` is how many columns were passed over."""

    def __init__(self, form: DroppedFile, told: Told) -> None:
        self._form = form
        self._event = RowEvent(form, told)
        self.unread = 0

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """One piece per row.

        Raises `SetAside` when the file is not text, when a column that is needed is missing
        (CSV_HEADERS), or when ids are hashed and nothing hashes them (CSV_HASH).
        """
        held = self._form.held(name)
        file = CsvFile(stream, name)
        self._event.check(name)
        headers = _header(file, self._form.separator)
        places = self._places(headers, name)
        self.unread = len(headers) - len(places)
        for row in file.rows(self._form.separator):
            yield self._piece(row, len(headers), places, held, name)

    def parse(self, body: bytes) -> object:
        """The plain values of one row's event."""
        return json_guard.read(body)

    def _piece(
        self, row: Row, width: int, places: Mapping[str, int], held: Held | None, name: str
    ) -> Piece:
        path = f"line {row.line}"
        try:
            cells = [" ".join(cell.split()) for cell in _sound(row, width, self._form)]
            texts = {header: cells[at] for header, at in places.items()}
            body = self._event.body(texts, held, cells[width:])
        except Flaw as flaw:
            place, fix = Place(file=name, field=flaw.field or path), FIXES_HERE[flaw.code]
            problem = SetAside(flaw.code, flaw.what, where=place, fix=fix)
            return Piece(self._form.event, b"", path, problem)
        return Piece(self._form.event, body, path)

    def _places(self, headers: Sequence[str], name: str) -> dict[str, int]:
        """Header as declared → its place."""
        folded = [fold(header) for header in headers]
        wanted = {header: fold(header) for header in self._form.headers}
        twice = [header for header, plain in wanted.items() if folded.count(plain) > 1]
        if twice:
            raise _headers(name, f"a column stands twice: {', '.join(twice)}", self._form)
        missing = [
            header
            for header, plain in wanted.items()
            if plain not in folded and header not in self._form.optional
        ]
        if missing:
            raise _headers(name, f"missing: {', '.join(missing)}", self._form)
        return {each: folded.index(plain) for each, plain in wanted.items() if plain in folded}


def _header(file: CsvFile, separator: str) -> list[str]:
    headers = file.header(separator)
    while headers and not headers[-1].strip():
        headers.pop()
    return headers


def _sound(row: Row, width: int, form: DroppedFile) -> list[str]:
    """The row's values, as many as there are headers, or may be beyond them; raises `Flaw`."""
    if row.flaw is not None:
        raise row.flaw
    most = width + len(form.beyond)
    if len(row.cells) < width or any(cell.strip() for cell in row.cells[most:]):
        raise Flaw("CSV_COLUMNS", f"{len(row.cells)} values under {width} headers")
    return row.cells


def _headers(name: str, what: str, form: DroppedFile) -> SetAside:
    fix = "export the file with all its columns, and its separator as agreed"
    place = Place(file=name)
    return SetAside("CSV_HEADERS", what, where=place, known=form.headers, fix=fix)
