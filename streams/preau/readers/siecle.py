"""Reads the exports of SIECLE (base élèves établissement): pupils, guardians, structures, lists.

One piece per pupil, per pupil's classes and groups, per person, per tie of a legal guardian, per
class, group, MEF and subject, and one for the school. The files say no more of each other than
numbers (ELEVE_ID, PERSONNE_ID), which hold inside one school's base.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from preau.readers import json_guard
from preau.readers.piece import Piece
from preau.readers.school_export import Export, Family, Said
from preau.readers.school_record import text_at
from preau.readers.siecle_shapes import SHAPES
from preau.readers.told import NOTHING, Told
from preau.readers.xml_stream import MAX_RECORD


def _parameters(element: etree._Element) -> Said:
    moment = text_at(element, "DATE_EXPORT") or text_at(element, "HORODATAGE")
    year = text_at(element, "ANNEE_SCOLAIRE")
    return Said(text_at(element, "UAJ"), year, moment, academy="", school={})


#: The file of the common data says the school only; its name is left to the files that say it for
#: sure, since two files of one set would else say two states of one school.
ROOTS = (
    "BEE_ELEVES",
    "BEE_EPHC_ELEVES",
    "BEE_RESPONSABLES",
    "BEE_EPHC_RESPONSABLES",
    "BEE_STRUCTURES",
    "BEE_NOMENCLATURES",
    "BEE_COMMUN",
)
_SIECLE = Family(ROOTS, SHAPES, _parameters, strangers={})


class SiecleReader:
    """The reader of SIECLE; the UAI it is told counts where a file has no PARAMETRES."""

    def __init__(self, told: Told = NOTHING) -> None:
        self._told = told

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """One piece per object; raises `SetAside` where the file cannot be read any further."""
        yield from Export(_SIECLE, name, self._told).pieces(stream)

    def parse(self, body: bytes) -> object:
        """The plain values of one piece; raises `SetAside` when it is not sound JSON."""
        return json_guard.read(body, MAX_RECORD)
