"""What the files of the GAR are called and measured by: names, namespaces, lengths, degrees.

From the documented content of the GAR's files for ENTs (its own reference guide was not read):
five kinds of files, one namespace for each degree, at most 10,000 nodes in a file.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from preau.clock import paris

FIRST, SECOND = "1D", "2D"
DEGREES = {"first": FIRST, "second": SECOND}
NAMESPACES = {
    FIRST: "http://data.education.fr/ns/gar/1d",
    SECOND: "http://data.education.fr/ns/gar",
}
PUPILS, TEACHERS, SCHOOLS, GROUPS = "Eleve", "Enseignant", "Etab", "Groupe"
PERSONS_IN_CHARGE = "RespAff"
KINDS = (PUPILS, TEACHERS, SCHOOLS, GROUPS, PERSONS_IN_CHARGE)
MOST_NODES = 10_000
"""XML elements of one file, its root among them: the stricter of the two ways of counting seen."""
IDENTIFIER, UAI, NAME, LABEL = 64, 45, 500, 255
"""The longest that each may be, in characters."""
STATUS, VERSION = "GROUPE", "1.0"
PUPIL, TEACHER = "National_ELV", "National_ENS"
PROFILES = {
    "PUPIL": PUPIL,
    "TEACHER": TEACHER,
    "DIRECTION": "National_DIR",
    "SCHOOL_LIFE": "National_EVS",
    "LIBRARIAN": "National_DOC",
    "STAFF": "National_ETA",
    "LOCAL_AUTHORITY": "National_COL",
}
"""Profile of person.v1 → the GAR's. Families, inspectors and guests are not told to it."""
_NAME = re.compile(
    r"(?P<ent>[A-Za-z0-9-]{1,40})_GAR-ENT_Complet_(?P<day>\d{8})_(?P<time>\d{6})"
    r"_(?P<degree>1D|2D)_(?P<kind>Eleve|Enseignant|Etab|Groupe|RespAff)_(?P<index>\d{4})\.xml"
)
_ARCHIVE = re.compile(r"(?P<ent>[A-Za-z0-9-]{1,40})_GAR-ENT_Complet_\d{8}_\d{6}\.tar\.gz")


class FileName(NamedTuple):
    """The parts of one file's name; `stem` is what all files of a set have in common."""

    stem: str
    degree: str
    kind: str
    number: int


def stem(ent: str, at_ms: int) -> str:
    """`<idENT>_GAR-ENT_Complet_<yyyyMMdd>_<HHmmss>`, by the clock of Paris."""
    at: dt.datetime = paris(at_ms)
    return f"{ent}_GAR-ENT_Complet_{at:%Y%m%d_%H%M%S}"


def file_name(stem_: str, degree: str, kind: str, index: int) -> str:
    """The name of one XML file."""
    return f"{stem_}_{degree}_{kind}_{index:04}.xml"


def parsed(name: str) -> FileName | None:
    """The parts of a name; None when it is none of the GAR's."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    common = f"{found['ent']}_GAR-ENT_Complet_{found['day']}_{found['time']}"
    return FileName(common, found["degree"], found["kind"], int(found["index"]))


def is_archive(name: str) -> bool:
    """Whether this is the name of a whole set."""
    return _ARCHIVE.fullmatch(name) is not None
