"""Cuts an iCalendar file into the events of it: charset, folded lines, components, one by one.

Formats are of RFC 5545: content lines §3.1, components §3.6. A file is read whole up to a limit.
What is broken inside one VEVENT spoils that one only; only what may be kept is held: descriptions,
places, organisers and guests never leave this module.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from preau.errors import Place, SetAside
from preau.readers.csv_rows import MAX_FILE, MAX_LINE, MAX_ROWS, Flaw

NAMES = frozenset(
    {
        *("UID", "SUMMARY", "DTSTART", "DTEND", "DURATION", "RRULE", "STATUS", "SEQUENCE"),
        *("LAST-MODIFIED", "RECURRENCE-ID", "EXDATE", "RDATE", "EXRULE", "X-PREAU-DELIVERY"),
    }
)
"""The properties that are looked at; of the last five only whether they are there."""
_VALUE = r"(?:\"[^\"]*\"|[^\";:,]*)"
_LINE = re.compile(rf"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+={_VALUE}(?:,{_VALUE})*)*):(.*)")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffd]")
_FOLD = re.compile(rb"\r?\n[ \t]")
_EVENT = "VEVENT"


class Property(NamedTuple):
    """One content line: its parameters as written, with their `;`, and its value."""

    params: str
    value: str


@dataclass(slots=True)
class Event:
    """One VEVENT: the line of its BEGIN, counted from 1 as the file stands, and its properties."""

    line: int
    said: dict[str, list[Property]] = field(default_factory=dict)
    flaw: Flaw | None = None
    inside: int = 0

    def note(self, name: str, found: Property) -> None:
        """Keeps a property, if it is one that is looked at."""
        if name in NAMES:
            self.said.setdefault(name, []).append(found)

    def spoil(self, code: str, what: str) -> None:
        """Says why it is not read; the first reason stays."""
        self.flaw = self.flaw or Flaw(code, what)


def events(stream: BinaryIO, name: str) -> Iterator[Event]:
    """Each VEVENT of the file, whole or with its flaw.

    Raises `SetAside`: ICS_SIZE, ICS_NOT_ICS at once; ICS_TRUNCATED after the events that ended.
    """
    place = Place(file=name)
    current: Event | None = None
    count, last = 0, ""
    for number, raw in _lines(_whole(stream, place)):
        word = raw.strip().upper()
        last = word.decode("ascii", "replace")
        if last == f"BEGIN:{_EVENT}":
            if current is not None:
                current.spoil("ICS_EVENT", "it has no end")
                yield current
            current, count = Event(number), count + 1
            if count > MAX_ROWS:
                raise _refusal("ICS_SIZE", f"more than {MAX_ROWS} events", place)
        elif current is not None and last == f"END:{_EVENT}":
            yield current
            current = None
        elif current is not None:
            _take(current, raw)
    if current is not None or last != "END:VCALENDAR":
        raise _refusal("ICS_TRUNCATED", "the calendar has no end", place)


def _take(event: Event, raw: bytes) -> None:
    """Reads one line inside an event; what stands in a component of its own (an alarm) is left."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        event.spoil("ICS_EVENT", "a line is not UTF-8")
        return
    found = _LINE.fullmatch(text) if len(raw) <= MAX_LINE else None
    if found is None or _ODD.search(text):
        event.spoil("ICS_EVENT", "a line is no content line, is too long or holds a control")
        return
    name = found[1].upper()
    if name in {"BEGIN", "END"}:
        event.inside = max(event.inside + (1 if name == "BEGIN" else -1), 0)
    elif not event.inside:
        event.note(name, Property(found[2], found[3]))


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The unfolded lines that are not blank, with the line of the file where each begins."""
    number = 1
    for folded in re.split(rb"\r?\n(?![ \t])", data):
        line = _FOLD.sub(b"", folded)
        if line.strip():
            yield number, line
        number += folded.count(b"\n") + 1


def _whole(stream: BinaryIO, place: Place) -> bytes:
    data = stream.read(MAX_FILE + 1)
    while len(data) <= MAX_FILE and (more := stream.read(MAX_FILE + 1 - len(data))):
        data += more
    if len(data) > MAX_FILE:
        raise _refusal("ICS_SIZE", f"more than {MAX_FILE} bytes", place)
    data = data.removeprefix(codecs.BOM_UTF8).lstrip()
    if not data[:15].upper().startswith(b"BEGIN:VCALENDAR"):
        raise _refusal("ICS_NOT_ICS", "it does not begin as a calendar in UTF-8 does", place)
    return data


def _refusal(code: str, what: str, place: Place) -> SetAside:
    return SetAside(code, what, where=place, fix=FIXES[code])


FIXES = {
    "ICS_SIZE": "send the calendar of one group",
    "ICS_NOT_ICS": "send the calendar as it was exported, in UTF-8",
    "ICS_TRUNCATED": "export the calendar again, and send it whole",
    "ICS_EVENT": "export the calendar again, and do not edit it in between",
    "ICS_TIME": "say each moment in UTC, without a zone or in Europe/Paris, as RFC 5545 does",
    "ICS_SERIES": "say a series whose dates were changed one by one as dates of their own",
    "ICS_OURS": "nothing: the hub wrote this date itself",
    "FILE_ID": "export the file with the product's own ids",
}
