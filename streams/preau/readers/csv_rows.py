"""Cuts a CSV file of a school into rows: its charset, its line ends, its quotes, line by line.

One line of the file is one row: a quoted value never runs over a line end, so that a quote too many
spoils its own row and no other. Files are small (one school), so a file is read whole up to a
limit, and refused beyond it. Quotes are as in RFC 4180 §2; separators are the caller's to choose.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from preau.errors import Place, SetAside

#: Bytes of a file: a school of 1,000 pupils has less than one million.
MAX_FILE = 16 * 1024**2
#: Rows of a file: the largest schools have some 2,000 guardians.
MAX_ROWS = 20_000
#: Bytes of one line; it also bounds each value, and how many there are.
MAX_LINE = 65_536
MAX_COLUMNS = 500
_CHUNK = 65_536
_LINE_END = re.compile(rb"[\r\n]")
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
#: Control characters but the tab, and what a wrong charset leaves.
_ODD = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufffd]")


class Flaw(Exception):
    """Why a row is not read: code, what, and the column."""

    def __init__(self, code: str, what: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.what = what
        self.field = field


class Row(NamedTuple):
    """One line of the file, counted from 1: its values, or its flaw.

    `ended` is whether a line end follows: a last line without one may have been cut.
    """

    line: int
    cells: list[str]
    ended: bool
    flaw: Flaw | None = None


class CsvFile:
    """One file, read and judged; raises `SetAside` when it is not text of a bearable size."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._place = Place(file=name)
        data = self._whole(stream)
        marked = data.startswith(codecs.BOM_UTF8)
        data = data.removeprefix(codecs.BOM_UTF8)
        ending = b"\n" if b"\n" in data else b"\r"
        if data.count(ending) > MAX_ROWS + 1:
            raise self._refusal("CSV_SIZE", f"more than {MAX_ROWS} rows")
        self._lines = [line.removesuffix(b"\r") for line in data.split(ending)]
        self._utf8 = marked or _is_utf8(self._lines)
        blank = (place for place, line in enumerate(self._lines) if line.strip())
        self._head = next(blank, 0)

    def header(self, separator: str) -> list[str]:
        """The values of the first line that is not blank; raises `SetAside` when it has flaws."""
        row = self._row(self._head, separator)
        if row.flaw is not None:
            what = f"the line of the headers cannot be read: {row.flaw.what}"
            raise self._refusal(row.flaw.code, what)
        return row.cells

    def rows(self, separator: str) -> Iterator[Row]:
        """What follows the headers; lines without any value are left out."""
        for place in range(self._head + 1, len(self._lines)):
            if self._lines[place].strip():
                row = self._row(place, separator)
                if row.flaw is not None or any(cell.strip() for cell in row.cells):
                    yield row

    def _row(self, place: int, separator: str) -> Row:
        ended = place < len(self._lines) - 1
        try:
            return Row(place + 1, self._cells(self._lines[place], separator), ended)
        except Flaw as flaw:
            return Row(place + 1, [], ended, flaw)

    def _cells(self, line: bytes, separator: str) -> list[str]:
        if len(line) > MAX_LINE:
            raise Flaw("CSV_ROW", f"a line of more than {MAX_LINE} bytes")
        text = self._text(line)
        if found := _ODD.search(text):
            raise Flaw("CSV_CHARACTER", f"character {found.start() + 1} of the line is a control")
        if text.count(separator) >= MAX_COLUMNS:
            raise Flaw("CSV_ROW", f"more than {MAX_COLUMNS} values")
        try:
            return next(csv.reader([text], delimiter=separator, strict=True), [])
        except csv.Error:
            raise Flaw("CSV_ROW", "quotes that do not go in pairs") from None

    def _text(self, line: bytes) -> str:
        if self._utf8:
            try:
                return line.decode()
            except UnicodeDecodeError as error:
                what = f"byte {error.start + 1} of the line is not UTF-8, as the others are"
                raise Flaw("CSV_ENCODING", what) from None
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError:
            return line.decode("iso-8859-1")

    def _whole(self, stream: BinaryIO) -> bytes:
        data = bytearray()
        while chunk := stream.read(_CHUNK):
            data += chunk
            self._check(data, len(data) - len(chunk))
        return bytes(data)

    def _check(self, data: bytearray, new: int) -> None:
        """Refuses as soon as enough is read, so that what is huge costs no time."""
        if data.startswith(_WIDE_BOMS):
            raise self._refusal("CSV_ENCODING", "the file is in UTF-16 or UTF-32")
        if data.find(0, new) >= 0:
            raise self._refusal("CSV_NUL", "the file holds NUL bytes, as UTF-16 does")
        if len(data) > MAX_FILE:
            raise self._refusal("CSV_SIZE", f"more than {MAX_FILE} bytes")
        if new <= MAX_LINE < len(data) and not _LINE_END.search(data.lstrip(b"\r\n")):
            raise self._refusal("CSV_ROW", f"a first line of more than {MAX_LINE} bytes")

    def _refusal(self, code: str, what: str) -> SetAside:
        return SetAside(code, what, where=self._place, known=_KNOWN.get(code, ()), fix=FIXES[code])


def _is_utf8(lines: list[bytes]) -> bool:
    """Whether one line with accents can be UTF-8, or none has any.

    Line by line: one damaged letter must not turn a whole UTF-8 file into windows-1252. The reverse
    does not happen: accents of windows-1252 that read as UTF-8 are pairs like `Ã©`.
    """
    accented = [line for line in lines if not line.isascii()]
    return not accented or any(map(_reads_as_utf8, accented))


def _reads_as_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


_KNOWN = {
    "CSV_ENCODING": ("UTF-8", "windows-1252", "ISO-8859-1"),
    "CSV_SIZE": (f"at most {MAX_FILE} bytes", f"at most {MAX_ROWS} rows"),
    "CSV_ROW": (f"at most {MAX_LINE} bytes a line", f"at most {MAX_COLUMNS} values"),
}
FIXES = {
    "CSV_ENCODING": "save the file in UTF-8",
    "CSV_NUL": "export the file again, in UTF-8: it was damaged",
    "CSV_SIZE": "send the file of one school",
    "CSV_ROW": "export the file again, and do not edit it in between",
    "CSV_CHARACTER": "export the file again, and do not edit it in between",
}
