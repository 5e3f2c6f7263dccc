"""What one VEVENT says, as texts under the headers that a folder may name.

Formats are of RFC 5545: texts §3.3.11, moments §3.3.4 and §3.3.5, durations §3.3.6, rules §3.3.10.
A moment is given as ISO 8601: with `Z` when it was in UTC, without offset (the time of Paris) when
it had no zone, or one with Paris's clock. Other zones are not read: no database of zones is needed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from preau.readers.content_lines import Event, Property
from preau.readers.csv_rows import Flaw

UID, START, END, DAYS, RULE = "UID", "DTSTART", "DTEND", "DAYS", "RRULE"
HEADERS = (UID, "SUMMARY", START, END, DAYS, RULE, "STATUS", "SEQUENCE", "LAST-MODIFIED")
"""What the columns of a calendar may be; DAYS is `true` when DTSTART is a day, `false` else."""
_TAKEN_FROM = ("EXDATE", "RDATE", "EXRULE", "RECURRENCE-ID")
_ESCAPED = re.compile(r"\\(.)")
_PARAM = re.compile(r";([A-Za-z0-9-]+)=(\"[^\"]*\"|[^;]*)")
_MOMENT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?")
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>[0-9]{1,4})W|(?:(?P<days>[0-9]{1,4})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,4})H)?(?:(?P<minutes>[0-9]{1,4})M)?(?:(?P<seconds>[0-9]{1,5})S)?)?)"
)
_RULE = re.compile(r"FREQ=[A-Z0-9=;,+-]{1,400}|[A-Z0-9=;,+-]{1,400};FREQ=[A-Z0-9=;,+-]{1,400}")
_PARIS = frozenset({"europe/paris", "romance standard time", "paris"})
"""The names of Paris's clock: of the tz database, of Windows."""


def texts(event: Event, changed: frozenset[str]) -> dict[str, str]:
    """Header → text, without blanks; `changed` are the UIDs of which the file changes one date.

    Raises `Flaw`: ICS_EVENT, ICS_TIME, ICS_SERIES, ICS_OURS.
    """
    if event.flaw is not None:
        raise event.flaw
    if "X-PREAU-DELIVERY" in event.said:
        raise Flaw("ICS_OURS", "the hub wrote it")
    uid = uid_of(event)
    if not uid:
        raise Flaw("ICS_EVENT", "it has no UID")
    if uid in changed or any(name in event.said for name in _TAKEN_FROM):
        raise Flaw("ICS_SERIES", "dates were added to its series, taken from it, or changed")
    said = dict(_said(event))
    return {header: text for header, text in {UID: uid, **said}.items() if text}


def uid_of(event: Event) -> str:
    """Its UID, in one line; empty without one. Raises `Flaw` (ICS_EVENT) when it has two."""
    found = _one(event, UID)
    return _text(found.value) if found else ""


def _said(event: Event) -> Iterator[tuple[str, str]]:
    start = _one(event, START)
    if start is None:
        raise Flaw("ICS_EVENT", "it has no DTSTART")
    begun, zone = _moment(start)
    days = "T" not in start.value
    yield DAYS, "true" if days else "false"
    yield START, _iso(begun, zone)
    ended = _end(event, begun, zone, days=days)
    if ended:
        yield END, ended
    for header in ("SUMMARY", "STATUS", "SEQUENCE"):
        found = _one(event, header)
        text = _text(found.value) if found else ""
        yield header, text.upper() if header == "STATUS" else text
    modified = _one(event, "LAST-MODIFIED")
    yield "LAST-MODIFIED", _iso(*_moment(modified)) if modified else ""
    yield RULE, _rule(event, zone)


def _end(event: Event, begun: dt.datetime, zone: str, *, days: bool) -> str:
    """When it ends; of whole days, the midnight after the last one. Empty when nothing says it."""
    said, lasts = _one(event, END), _one(event, "DURATION")
    if said is None and lasts is None:
        return ""
    if said is None:
        return _iso(_after(begun, lasts), zone)
    ended, its_zone = _moment(said)
    if ("T" not in said.value) != days:
        raise Flaw("ICS_TIME", "of DTSTART and DTEND one is a day, the other a moment")
    if zone == its_zone and ended < begun:
        raise Flaw("ICS_TIME", "it ends before it begins")
    return _iso(ended, its_zone)


def _after(begun: dt.datetime, lasts: Property | None) -> dt.datetime:
    """Counted on the clock on the wall: an hour's change inside it does not count."""
    found = _DURATION.fullmatch(lasts.value.strip().upper()) if lasts else None
    parts = {name: int(text) for name, text in found.groupdict().items() if text} if found else {}
    try:
        if parts:
            return begun + dt.timedelta(**parts)
    except OverflowError:
        pass
    raise Flaw("ICS_TIME", "DURATION is no length of time")


def _rule(event: Event, zone: str) -> str:
    found = _one(event, RULE)
    if found is None:
        return ""
    rule = found.value.strip().upper()
    if not _RULE.fullmatch(rule):
        raise Flaw("ICS_SERIES", "RRULE is no rule")
    if zone:
        raise Flaw("ICS_SERIES", "a series in UTC does not stay at its hour in Paris")
    return rule


def _moment(found: Property) -> tuple[dt.datetime, str]:
    """The clock on the wall, and `Z` in UTC; a day is its midnight in Paris."""
    params = {name.upper(): text.strip('"') for name, text in _PARAM.findall(found.params)}
    zone = params.get("TZID", "Europe/Paris").lstrip("/").casefold()
    said = _MOMENT.fullmatch(found.value.strip().upper())
    if said is None:
        raise Flaw("ICS_TIME", "a moment is not written as 20261012T103000")
    if zone not in _PARIS and not said[7]:
        raise Flaw("ICS_TIME", "a zone that does not have Paris's clock")
    try:
        day = dt.datetime(int(said[1]), int(said[2]), int(said[3]))  # noqa: DTZ001 - on the wall
        hours, minutes, seconds = (int(said[at] or 0) for at in (4, 5, 6))
        return day.replace(hour=hours, minute=minutes, second=seconds), said[7] or ""
    except ValueError:
        raise Flaw("ICS_TIME", "a day or an hour that does not exist") from None


def _iso(moment: dt.datetime, zone: str) -> str:
    return moment.isoformat() + zone


def _one(event: Event, name: str) -> Property | None:
    found = event.said.get(name, [])
    if len(found) > 1:
        raise Flaw("ICS_EVENT", f"{name} stands twice")
    return found[0] if found else None


def _text(value: str) -> str:
    """A TEXT value in one line."""
    return " ".join(_ESCAPED.sub(lambda told: " " if told[1] in "nN" else told[1], value).split())
