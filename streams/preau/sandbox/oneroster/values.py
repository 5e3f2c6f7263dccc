"""What one line of a OneRoster file may hold, in a complete package."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from preau.sandbox.oneroster.standard import FILES, Cell

_ID = re.compile(r"[A-Za-z0-9./_@-]{1,255}")
_OWN_WORD = re.compile(r"ext:\S.*")
_FOUR, _DAY = re.compile(r"[0-9]{4}"), re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def line_faults(file: str, row: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with a line by itself; each says its column."""
    for name in ("status", "dateLastModified"):
        if row[name]:
            yield f"{name} is to be empty in bulk"
    for cell in FILES[file]:
        said = row[cell.name]
        if not said:
            if cell.due:
                yield f"{cell.name} is due"
        elif "\n" in said or "\r" in said:
            yield f"{cell.name} has a line end in it"
        elif not _good(cell, said):
            yield f"{cell.name} is not as the standard has it"


def is_day(said: str) -> bool:
    """Whether it is a day of the calendar, as 2026-09-01."""
    if not _DAY.fullmatch(said):
        return False
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def _good(cell: Cell, said: str) -> bool:
    if cell.name == "sourcedId" or cell.sort == ">":
        return bool(_ID.fullmatch(said))
    if cell.sort == ">>":
        return all(_ID.fullmatch(each) for each in said.split(","))
    if cell.sort == "=":
        known = cell.what.removesuffix("…")
        return said in known.split("|") or bool(known != cell.what and _OWN_WORD.fullmatch(said))
    return _KINDS[cell.what](said) if cell.sort else True


_KINDS: Mapping[str, Callable[[str], bool]] = {
    "day": is_day,
    "year": lambda said: bool(_FOUR.fullmatch(said)),
    "yes": lambda said: said in ("true", "false"),
    "words": lambda said: all(said.split(",")),
}
