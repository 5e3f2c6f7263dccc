"""Reads one export of a school's own base (SIECLE, STSWEB): its school, then its records.

Such a file says its school once, in PARAMETRES, which stands before the records; each section then
refers to persons and classes by number, so that nothing has to be held to understand a record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import BinaryIO, NamedTuple

import orjson
from lxml import etree

from preau.errors import Place, SetAside
from preau.readers.piece import Piece
from preau.readers.school_record import Flaw, Record, Shape, Value, read, set_aside
from preau.readers.told import Told
from preau.readers.xml_stream import Found, Path, XmlStream

PARAMETERS: Path = ("PARAMETRES",)
#: The event that says the school itself, in the State's word (unité administrative immatriculée).
SCHOOL = "UAJ"
_UAI = re.compile(r"[0-9]{7}[A-Z]")
_VERSION = re.compile(r"[0-9A-Za-z.]{1,20}")
_YEAR = re.compile(r"[0-9]{4}")
_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})(?: .*)?")


class Said(NamedTuple):
    """What PARAMETRES says: the school's UAI, the year in which its school year begins, the day of
    the export (`dd/mm/yyyy`, a time after it is left out), its académie, and more of the school.
    """

    uai: str
    year: str
    day: str
    academy: str
    school: dict[str, Value]


class Family(NamedTuple):
    """A family of files: their roots, their records by path, how their PARAMETRES is read.

    `strangers` are roots of other files that are often sent in their place, each with what is said
    of a file (by its name) that has it.
    """

    roots: tuple[str, ...]
    shapes: Mapping[Path, Shape]
    parameters: Callable[[etree._Element], Said]
    strangers: Mapping[str, Callable[[str], SetAside]]


_NOTHING = Said("", "", "", "", {})


class Export:
    """One file being read; what the reader is told counts where the file says nothing."""

    def __init__(self, family: Family, name: str, told: Told) -> None:
        self._family = family
        self._name = name
        self._told = told
        self._header: dict[str, str] = {}
        self._version = ""
        self._count = 0

    def pieces(self, stream: BinaryIO) -> Iterator[Piece]:
        """One piece per object; raises `SetAside` where the file cannot be read any further."""
        wanted = (PARAMETERS, *self._family.shapes)
        for path, element in XmlStream(self._name, wanted).read(stream):
            if not path:
                self._begin(element)
            elif path == PARAMETERS:
                yield self._school(element)
            else:
                if not self._header:
                    yield self._school(None)
                yield from self._record(Found(path, element))

    def _begin(self, root: etree._Element) -> None:
        name = str(root.tag)
        if name in self._family.strangers:
            raise self._family.strangers[name](self._name)
        if name not in self._family.roots:
            what = "the file's root is none that is known here"
            raise self._refusal("SCHOOL_FILE", what, self._family.roots)
        said = root.get("VERSION", "").strip()
        self._version = said if _VERSION.fullmatch(said) else ""

    def _school(self, parameters: etree._Element | None) -> Piece:
        if self._header:
            what = f"PARAMETRES stands after {self._count} records"
            raise self._refusal("SCHOOL_LATE", what, ("PARAMETRES first, once",))
        try:
            said = _NOTHING if parameters is None else self._family.parameters(parameters)
        except Flaw as flaw:
            raise set_aside(flaw, self._name, "PARAMETRES") from None
        self._header = self._headed(said)
        uai = self._header["uai"]
        return self._piece(SCHOOL, Record(uai, {"UAJ": uai, **said.school}, []))

    def _headed(self, said: Said) -> dict[str, str]:
        uai = (said.uai or self._told.uai or "").strip().upper()
        if not _UAI.fullmatch(uai):
            what = "the file does not say its school" if not uai else "its school is not a UAI"
            known = ("PARAMETRES/UAJ: 7 digits and a letter",)
            raise self._refusal("SCHOOL_UAI", what, known)
        header = {
            "uai": uai,
            "year": said.year if _YEAR.fullmatch(said.year) else "",
            "day": _day(said.day),
            "academy": said.academy.lstrip("0").zfill(2)
            if said.academy.isdigit()
            else self._told.academy or "",
            "VERSION": self._version,
            "version": str(self._told.version or ""),
        }
        return {name: value for name, value in header.items() if value}

    def _record(self, found: Found) -> Iterator[Piece]:
        shape = self._family.shapes[found.path]
        try:
            record = read(found.element, shape, self._header["uai"], self._told.hidden)
        except Flaw as flaw:
            self._count += 1
            path = f"record {self._count}"
            yield Piece(shape.event, b"", path, set_aside(flaw, self._name, path))
            return
        if record is None:
            self._count += 1
        else:
            yield self._piece(shape.event, record)

    def _piece(self, event: str, record: Record) -> Piece:
        self._count += 1
        values = {
            "operation": "add",
            "category": event,
            **record._asdict(),
            "header": self._header,
        }
        body = orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
        return Piece(event, body, f"record {self._count}")

    def _refusal(self, code: str, what: str, known: tuple[str, ...] = ()) -> SetAside:
        return SetAside(code, what, where=Place(file=self._name), known=known, fix=_FIXES[code])


def _day(said: str) -> str:
    """Midnight UTC in ISO 8601; empty when the text is not a day that exists."""
    found = _DAY.fullmatch(said)
    if found is None:
        return ""
    try:
        day = date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return ""
    return f"{day.isoformat()}T00:00:00Z"


_FIXES = {
    "SCHOOL_FILE": "see that it is the right file, and the right folder",
    "SCHOOL_LATE": "send the file as the State's application made it",
    "SCHOOL_UAI": "send the file as the State's application made it, or say the school's UAI",
}
