"""Reads the CSV extractions of ONDE (BE1D before 2017): pupils, guardians, teachers of one école.

A file's kind is told by its headers alone. It is read to its end before anything is given, because
an id depends on whether a name stands twice: a file that cannot be read to its end gives nothing.
The files do not say which school they are of: whoever opens them tells, or their names do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.readers.csv_rows import FIXES as CSV_FIXES
from preau.readers.csv_rows import CsvFile, Flaw
from preau.readers.onde_adults import guardians, teachers
from preau.readers.onde_columns import GUARDIAN, KNOWN, PUPIL, TEACHER, Layout, lay_out
from preau.readers.onde_pupils import School, Thing, pupils
from preau.readers.onde_row import Said, read
from preau.readers.piece import Piece
from preau.readers.told import NOTHING, Told

SCHOOL = "Ecole"
#: In the order in which they are tried: a list of names may well hold commas, not semicolons.
_SEPARATORS = (";", "\t", ",")
_UAI = re.compile(r"(?<![0-9A-Za-z])[0-9]{7}[A-Za-z](?![0-9A-Za-z])")
_THINGS = {PUPIL: pupils, GUARDIAN: guardians, TEACHER: teachers}


class OndeReader:
    """The reader of ONDE; it must be told a keyed hash (`hide`), which its ids are made with."""

    def __init__(self, told: Told = NOTHING) -> None:
        self._told = told

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """The school and its classes (of a pupils' file), then a piece per person.

        `path` is the line of the file. A row that cannot be read, and a link that cannot be made,
        is a piece with a problem. Raises `SetAside` when the file is refused, before any piece.
        """
        school = self._school(name)
        file = CsvFile(stream, name)
        layout, separator = _layout(file, name)
        header = self._header(school, layout)
        sound: list[Said] = []
        found: list[Thing] = []
        for row in file.rows(separator):
            try:
                sound.append(read(row, layout))
            except Flaw as flaw:
                found.append(Thing(layout.event, row.line, flaw))
        if layout.event == PUPIL:
            found.append(Thing(SCHOOL, 1, {"id": school.uai, "operation": "add"}))
        found += _THINGS[layout.event](sound, school)
        for thing in found:
            yield _piece(thing, header, name)

    def parse(self, body: bytes) -> object:
        """The plain values of one piece; raises `SetAside` when it is not sound JSON."""
        return json_guard.read(body)

    def _school(self, name: str) -> School:
        named = {found.upper() for found in _UAI.findall(name)}
        uai = (self._told.uai or "").strip().upper() or (named.pop() if len(named) == 1 else "")
        if not _UAI.fullmatch(uai):
            what = "nobody says of which school the file is"
            known = ("preau import onde --uai 0110001A FILE", "0110001A in the file's name")
            raise _refusal("ONDE_UAI", what, name, known)
        if self._told.hide is None:
            raise _refusal("ONDE_HASH", "no keyed hash was given to make ids with", name)
        return School(uai, self._told.hide, self._told.hidden)

    def _header(self, school: School, layout: Layout) -> dict[str, object]:
        said: dict[str, object] = {"uai": school.uai, "academy": self._told.academy or ""}
        said["version"] = str(self._told.version or "")
        said["unknown"] = list(layout.unknown)
        return {name: value for name, value in said.items() if value}


def _layout(file: CsvFile, name: str) -> tuple[Layout, str]:
    """The file's layout and the separator with which its headers are known."""
    trouble: SetAside | None = None
    for separator in _SEPARATORS:
        try:
            layout = lay_out(file.header(separator))
        except SetAside as error:  # quotes that another separator explains, or a damaged line
            trouble = trouble or error
            continue
        except Flaw as flaw:
            raise _refusal(flaw.code, flaw.what, name) from None
        if layout is not None:
            return layout, separator
    what = "the first line is not the headers of an extraction of ONDE"
    raise trouble or _refusal("ONDE_HEADERS", what, name, KNOWN)


def _piece(thing: Thing, header: dict[str, object], name: str) -> Piece:
    path, values = f"line {thing.line}", thing.values
    if isinstance(values, Flaw):
        place = Place(file=name, field=f"{path}, {values.field}" if values.field else path)
        problem = SetAside(values.code, values.what, where=place, fix=_FIXES[values.code])
        return Piece(thing.event, b"", path, problem)
    body = orjson.dumps({**values, "header": header}, option=orjson.OPT_SORT_KEYS)
    return Piece(thing.event, body, path)


def _refusal(code: str, what: str, name: str, known: tuple[str, ...] = ()) -> SetAside:
    return SetAside(code, what, where=Place(file=name), known=known, fix=_FIXES[code])


_AGAIN = "export the file again from ONDE, and do not edit it in between"
_FIXES = {
    **CSV_FIXES,
    "ONDE_UAI": "say --uai, or put the school's UAI in the file's name",
    "ONDE_HASH": "read the file with a running hub's tools: a fault of ours otherwise",
    "ONDE_HEADERS": "export pupils, guardians or teachers from ONDE, with their headers",
    "ONDE_CUT": "send the whole file again: it was cut short",
    "ONDE_COLUMNS": _AGAIN,
    "ONDE_FORMULA": "correct the value in ONDE: it begins as a spreadsheet's formula does",
    "ONDE_TOO_LONG": "correct the value in ONDE",
    "ONDE_NAME": "correct the name in ONDE: it has letters only",
    "ONDE_TWICE": "nothing if the two lines are one pupil; else complete them in ONDE (INE, birth)",
    "ONDE_NAMESAKE": "link these guardians by hand in the ENT, or take the AAF of first degree",
    "ONDE_CLASS_LABEL": "give each class a label of its own in ONDE",
}
