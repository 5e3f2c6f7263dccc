"""A calendar that programs subscribe to: iCalendar (RFC 5545), the whole of it each time.

What is not in it is not there any more, so nothing says CANCELLED. Moments are in UTC; an event
that comes back stands on Paris's clock, so that the lesson of 10:30 is at 10:30 after the change of
the hour. The same dates give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from preau.clock import paris
from preau.outlets.printable import one_line, printable
from preau.outlets.recurrence import rule

MEDIA_TYPE = "text/calendar; charset=utf-8"
_FOLD = 75
"""The most octets of a line, without its break (RFC 5545 §3.1)."""
_DAY_MS = 86_400_000
_MOST = 2**31 - 1
_SINCE_2020 = 1_577_836_800
_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
END:STANDARD
END:VTIMEZONE""".splitlines()
"""Always said: a calendar must hold one component at least, and an empty one has no event."""


class Date(NamedTuple):
    """One date of a calendar.

    `uid` is the same for as long as the thing exists, `version` grows with its changes, `said_at`
    is when it was said last (ms since 1970). `start` and `end` are moments in ms since 1970, of
    which a date of whole `days` keeps only the days in Paris, the last one included. `recurrence`
    is a rule of RFC 5545 or empty; `busy` whether it takes the time of whoever reads it. `mark` is
    the delivery that brought it, for an ENT that answers by file.
    """

    uid: str
    title: str
    version: int
    said_at: int
    start: int
    end: int | None = None
    days: bool = False
    recurrence: str = ""
    category: str = ""
    busy: bool = True
    mark: str = ""


def calendar(name: str, dates: Iterable[Date]) -> bytes:
    """The file; a date that no calendar can write (before the year 1, after 9999) is left out."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Preau//Agenda de projet//FR",
        "CALSCALE:GREGORIAN",
        f"NAME:{escaped(one_line(name))}",
        f"X-WR-CALNAME:{escaped(one_line(name))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *_ZONE,
    ]
    for each in sorted(dates, key=lambda date: (date.start, date.uid)):
        lines += _event(each)
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def escaped(text: str) -> str:
    """A TEXT value (RFC 5545 §3.3.11)."""
    for plain, told in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, told)
    return text


def sequence(version: int) -> int:
    """The SEQUENCE of a version: 31 bits at most, so that of moments in µs seconds since 2020."""
    if version > _MOST:
        version = version // 1_000_000 - _SINCE_2020
    return min(max(version, 0), _MOST)


def _event(date: Date) -> list[str]:
    try:
        said, when = _utc(date.said_at), [*_when(date)]
    except (ValueError, OverflowError, OSError):
        return []
    return [
        "BEGIN:VEVENT",
        f"UID:{escaped(printable(date.uid))}",
        f"DTSTAMP:{said}",
        f"LAST-MODIFIED:{said}",
        f"SEQUENCE:{sequence(date.version)}",
        *when,
        f"SUMMARY:{escaped(one_line(date.title))}",
        *([f"CATEGORIES:{escaped(one_line(date.category))}"] if date.category else []),
        f"TRANSP:{'OPAQUE' if date.busy else 'TRANSPARENT'}",
        *([f"X-PREAU-DELIVERY:{escaped(one_line(date.mark))}"] if date.mark else []),
        "END:VEVENT",
    ]


def _when(date: Date) -> Iterator[str]:
    end = date.end if date.end is not None and date.end // 1000 > date.start // 1000 else None
    repeats = rule(date.recurrence, days=date.days)
    if date.days:
        first = paris(date.start).date()
        after = first + dt.timedelta(days=1)
        after = after if end is None else max(after, _day_after(end))
        yield f"DTSTART;VALUE=DATE:{_day(first)}"
        yield f"DTEND;VALUE=DATE:{_day(after)}"
    elif repeats:
        yield f"DTSTART;TZID=Europe/Paris:{_local(date.start)}"
        yield from [] if end is None else [f"DTEND;TZID=Europe/Paris:{_local(end)}"]
    else:
        yield f"DTSTART:{_utc(date.start)}"
        yield from [] if end is None else [f"DTEND:{_utc(end)}"]
    if repeats:
        yield f"RRULE:{repeats}"


def _day_after(end: int) -> dt.date:
    """The day on which a date of whole days is over: midnight is the end of the day before.

    Midnight in Paris or in UTC: ENTs write either.
    """
    last = paris(end)
    over = last.time() == dt.time() or end % _DAY_MS == 0
    return last.date() + dt.timedelta(days=0 if over else 1)


def _day(day: dt.date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _local(ms: int) -> str:
    at = paris(ms)
    return f"{_day(at.date())}T{at.hour:02}{at.minute:02}{at.second:02}"


def _utc(ms: int) -> str:
    at = dt.datetime.fromtimestamp(ms // 1000, dt.UTC)
    return f"{_day(at.date())}T{at.hour:02}{at.minute:02}{at.second:02}Z"


def _folded(line: str) -> bytes:
    """A content line, folded between characters, with its CRLF."""
    raw, parts = line.encode(), []
    while len(raw) > _FOLD:
        cut = _FOLD
        while raw[cut] & 0xC0 == 0x80:  # noqa: PLR2004 - inside a character of UTF-8
            cut -= 1
        parts.append(raw[:cut])
        raw = b" " + raw[cut:]
    return b"\r\n".join([*parts, raw]) + b"\r\n"
