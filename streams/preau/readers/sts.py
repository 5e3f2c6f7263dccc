"""Reads STSWEB's downward file, sts_emp_<UAI>_<year>.xml: a school's staff, classes and groups.

One piece per person, class, teaching group, MEF and subject, and one for the school. The upward
file, emp_sts_<UAI>_<year>.xml, which timetable software gives back, is refused: it is the classic
error, and it says no persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.readers.piece import Piece
from preau.readers.school_export import Export, Family, Said
from preau.readers.school_record import Data, attribute, text_at
from preau.readers.sts_shapes import SHAPES
from preau.readers.told import NOTHING, Told
from preau.readers.xml_stream import MAX_RECORD

ROOTS = ("STS_EDT",)
_SCHOOL = ("SIGLE", "DENOM_PRINC", "DENOM_COMPL", "CODE_NATURE")


def _parameters(element: etree._Element) -> Said:
    school = element.find("UAJ")
    year = element.find("ANNEE_SCOLAIRE")
    moment = text_at(element, "DATE_EXPORT") or text_at(element, "HORODATAGE")
    if school is None:
        return Said("", "", moment, academy="", school={})
    return Said(
        attribute(school, "CODE"),
        "" if year is None else attribute(year, "ANNEE"),
        moment,
        text_at(school, "ACADEMIE/CODE"),
        _school(school),
    )


def _school(element: etree._Element) -> Data:
    said = {name: text_at(element, name) for name in _SCHOOL}
    parts = filter(None, (said["DENOM_PRINC"], said["DENOM_COMPL"]))
    return {name: text for name, text in {**said, "DENOMINATION": " ".join(parts)}.items() if text}


def _upward(name: str) -> SetAside:
    what = "this is the file that goes up to STSWEB, not the one that comes down"
    fix = "send sts_emp_<UAI>_<year>.xml, which STSWEB gives to timetable software"
    return SetAside("STS_UPWARD", what, where=Place(file=name), known=ROOTS, fix=fix)


_STS = Family(ROOTS, SHAPES, _parameters, strangers={"EDT_STS": _upward})


class StsReader:
    """The reader of STSWEB; the UAI and académie it is told count where the file says none."""

    def __init__(self, told: Told = NOTHING) -> None:
        self._told = told

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """One piece per object; raises `SetAside` where the file cannot be read any further."""
        yield from Export(_STS, name, self._told).pieces(stream)

    def parse(self, body: bytes) -> object:
        """The plain values of one piece; raises `SetAside` when it is not sound JSON."""
        return json_guard.read(body, MAX_RECORD)
