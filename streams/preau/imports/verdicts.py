"""Whether a set may be compared at all: one export, whole, of its own académie, not an old one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NoReturn

from preau.errors import Place, SetAside
from preau.imports.source import Source
from preau.readers.piece import Piece, Reader

SAME = ("day", "academy", "degree", "uai", "year")
"""What the files of one set say alike, when they say it."""
_TOLD = {
    "day": ("files of two days", "give the files of one export"),
    "academy": ("files of two académies", "give the files of one export"),
    "degree": ("files of both degrees", "import each degree by its connector"),
    "uai": ("files of two schools", "import each school by itself"),
    "year": ("files of two school years", "give the files of one export"),
}
_WORDS = re.compile(r"[^\W_]+")
_DEGREES = {"first": "FIRST", "second": "SECOND"}


def first_header(reader: Reader, pieces: Iterable[Piece]) -> dict[str, str]:
    """What a file says of itself; nothing when it holds no record that can be read."""
    for piece in pieces:
        if piece.problem is None:
            values = reader.parse(piece.body)
            header = values.get("header") if isinstance(values, dict) else None
            return {str(name): str(value) for name, value in (header or {}).items()}
    return {}


def agreed(headers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What all files of the set say; raises `SetAside` naming the file that says otherwise."""
    said: dict[str, str] = {}
    for file, header in headers.items():
        for name in SAME:
            value = header.get(name, "")
            if value and said.setdefault(name, value) != value:
                what, fix = _TOLD[name]
                where = Place(file=file, field=name)
                raise SetAside("IMPORT_MIXED", what, where=where, fix=fix)
    return said


def check(source: Source, said: Mapping[str, str], last: Mapping[str, str]) -> None:
    """Raises `SetAside` when the set is another académie's, another degree's or older."""
    mine = source.told.academy or last.get("academy", "")
    if mine and said.get("academy", mine) != mine:
        fix = "give it to the instance of that académie, or correct this one's"
        _refuse("IMPORT_ACADEMY", f"académie {said['academy']}", "academy", (mine,), fix)
    degree = _DEGREES.get(source.connector.card.degree, "")
    if degree and said.get("degree", degree) != degree:
        fix = "import it by the connector of its degree"
        _refuse("IMPORT_DEGREE", f"degree {said['degree']}", "degree", (degree,), fix)
    if said.get("day", "") < last.get("day", "") and said.get("day"):
        known = (f"the last import is of {last['day'][:10]}",)
        fix = "give the newest export"
        _refuse("IMPORT_OLDER", f"an export of {said['day'][:10]}", "day", known, fix)


def says_delta(names: Iterable[str]) -> bool:
    """Whether the files of a set call themselves a delta, and none of them a Complet.

    No public delta exists, nor its name (`…_Complet_<date>_<category>_<number>.xml` is a whole
    set's): the word itself is looked for. Raises `SetAside` (IMPORT_MIXED).
    """
    words = [set(_WORDS.findall(name.lower())) for name in names]
    deltas = [found for found in words if "delta" in found]
    if deltas and any("complet" in found for found in words):
        fix = "import the Complet first, then the delta"
        _refuse("IMPORT_MIXED", "files of a Complet and of a delta", "file", (), fix)
    return bool(deltas)


def missing(categories: Iterable[str], last: Iterable[str]) -> None:
    """Raises `SetAside` when a category that the last set had is in none of the files."""
    if gone := sorted(set(last) - set(categories)):
        fix = "give the whole set; or say --partial, and what is absent stays as it was"
        _refuse("IMPORT_CATEGORY", f"nothing of {', '.join(gone)}", "category", tuple(gone), fix)


def version(said: Mapping[str, str], last: Mapping[str, str], now_us: int) -> int:
    """The version of everything in a set, in µs: its day, and more than the last one's."""
    day = said.get("day")
    moment = int(datetime.fromisoformat(day).timestamp() * 1_000_000) if day else now_us
    return max(moment, int(last.get("version", "0")) + 1)


def _refuse(code: str, what: str, field: str, known: tuple[str, ...], fix: str) -> NoReturn:
    raise SetAside(code, what, where=Place(field=field), known=known, fix=fix)
