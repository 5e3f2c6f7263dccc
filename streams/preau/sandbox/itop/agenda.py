"""Reads a file of dates (iCalendar, RFC 5545), as an ENT that imports calendars would.

Each date needs what a calendar of a group shows: an UID, a title, a beginning, and a folder by
`CATEGORIES`. A file that is no calendar, or a date without one of these, refuses the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NEEDED = {"uid", "title", "start", "folder", "delivery"}
_NAMES = {
    "UID": "uid",
    "SUMMARY": "title",
    "DTSTART": "start",
    "DTEND": "end",
    "CATEGORIES": "folder",
    "X-PREAU-DELIVERY": "delivery",
}
_ESCAPED = re.compile(r"\\(.)")


class NotACalendar(Exception):
    """The file is not of that format."""


def dates(text: str) -> list[dict[str, str]]:
    """Each date: `uid`, `title`, `start`, `end`, `folder`, `delivery`; raises `NotACalendar`."""
    lines = [*_lines(text)]
    if lines[:1] != ["BEGIN:VCALENDAR"] or lines[-1:] != ["END:VCALENDAR"]:
        raise NotACalendar
    found: list[dict[str, str]] = []
    inside = False
    for line in lines:
        if line == "BEGIN:VEVENT":
            found.append({"end": ""})
        inside = line == "BEGIN:VEVENT" or (inside and line != "END:VEVENT")
        name, colon, value = line.partition(":")
        key = _NAMES.get(name.partition(";")[0])
        if inside and colon and key:
            found[-1][key] = _text(value)
    if any(not date.keys() >= _NEEDED or not date["title"] for date in found):
        raise NotACalendar
    return found


def _lines(text: str) -> Iterator[str]:
    """The content lines, unfolded (§3.1); a line ends with CR LF."""
    if text and not text.endswith("\r\n"):
        raise NotACalendar
    yield from text.replace("\r\n ", "").split("\r\n")[:-1]


def _text(value: str) -> str:
    return _ESCAPED.sub(lambda told: "\n" if told[1] in "nN" else told[1], value)
