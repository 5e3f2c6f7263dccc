"""Reads one complete set of files from the folder, as a strict importer would.

`envoi.csv` first: `numero;fichier;lignes;sha256`. A file whose SHA-256 differs belongs to the next
set, which comes at once. What is not exactly as expected refuses the whole set: another header, a
file too many or too few, another number of lines, an encoding without its mark.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from preau.sandbox.itop.agenda import NotACalendar, dates
from preau.sandbox.itop.bookmarks import NotBookmarks, links

MANIFEST = "envoi.csv"
_LISTED = ["numero", "fichier", "lignes", "sha256"]
_MARK = b"\xef\xbb\xbf"
Columns = Mapping[str, Sequence[str]]
"""File → its header, in order; none for the file of links and for that of dates."""
Lines = list[dict[str, str]]


class FileSet(NamedTuple):
    """`lines`: file → its lines by column, each with its `delivery`; None: the whole is refused."""

    number: int
    lines: Mapping[str, Lines] | None


class _Unfit(Exception):
    pass


def read_set(folder: Path, expected: Columns, after: int) -> FileSet | None:
    """The set that lies there; None when there is none of a number above `after`, or not yet."""
    try:
        listed = _csv((folder / MANIFEST).read_bytes(), _LISTED)
        numbers = {int(row["numero"]) for row in listed}
    except (OSError, ValueError, csv.Error, _Unfit):
        return None  # no list, or none that can be answered: it has no number
    if len(numbers) != 1 or max(numbers) <= after:
        return None
    (number,) = numbers
    try:
        return _read(folder, expected, number, listed)
    except (OSError, ValueError, csv.Error, NotBookmarks, NotACalendar, _Unfit):
        return FileSet(number, None)


def _read(folder: Path, expected: Columns, number: int, listed: Lines) -> FileSet | None:
    if sorted(row["fichier"] for row in listed) != sorted(expected):
        raise _Unfit
    found = {}
    for row in listed:
        content = (folder / row["fichier"]).read_bytes()
        if sha256(content).hexdigest() != row["sha256"]:
            return None
        lines = _lines(row["fichier"], content, expected[row["fichier"]])
        if str(len(lines)) != row["lignes"]:
            raise _Unfit
        found[row["fichier"]] = lines
    return FileSet(number, found)


def _lines(file: str, content: bytes, columns: Sequence[str]) -> Lines:
    if not columns:
        return (dates if file.endswith(".ics") else links)(content.decode())
    if not content.startswith(_MARK):
        raise _Unfit
    rows = _csv(content[len(_MARK) :], columns)
    return [{**row, "delivery": row["envoi"]} for row in rows]


def _csv(content: bytes, columns: Sequence[str]) -> Lines:
    head, *rows = csv.reader(io.StringIO(content.decode(), newline=""), delimiter=";", strict=True)
    if head != list(columns) or any(len(row) != len(columns) for row in rows):
        raise _Unfit
    return [dict(zip(columns, row, strict=True)) for row in rows]
