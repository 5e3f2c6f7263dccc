"""What a quality report says: per establishment, which fault, how many times, where to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

SHOWN = 20
"""Places told of one finding, at most."""
UAI_LETTER = "UAI_LETTER"
NO_CLASS = "NO_CLASS"
NO_LEVEL = "NO_LEVEL"
LEVEL_UNKNOWN = "LEVEL_UNKNOWN"
TWO_PLACES = "TWO_PLACES"


class Spot(NamedTuple):
    """Where a fault was met: a file's own name, and the reader's path in it (`record 17`)."""

    file: str
    path: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of fault in one establishment: how many, in how many places, the first `SHOWN`."""

    kind: str
    count: int
    places: int
    spots: tuple[Spot, ...]


class SchoolQuality(NamedTuple):
    """One establishment: its UAI (empty when nobody said it), its name, what was counted, found.

    An entry without UAI and name is what belongs to no establishment: the nomenclature.
    """

    uai: str
    name: str
    pupils: int
    classes: int
    findings: tuple[Finding, ...]
