"""Time as the canonical records hold it: days and milliseconds since 1970, school years, Paris."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from preau.mapping.refusal import Unfit, shape

MS_PER_DAY = 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FRENCH = re.compile(
    r"([0-9]{2})/([0-9]{2})/([0-9]{4})(?:[ T]([0-9]{2})[:h]([0-9]{2})(?::([0-9]{2}))?)?"
)
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].*)?", re.ASCII)
#: Epoch numbers below this are seconds (until the year 5138), above milliseconds.
_SECONDS_BELOW = 100_000_000_000
_MS_BELOW = 253_402_300_800_000  # the year 10,000
_USUAL = 25  # characters of 2026-09-14T08:31:02+02:00
_REMEMBERED = 4096
_SECONDS = {f"{second:02}": second * 1_000_000 for second in range(60)}
KNOWN = ("2026-09-14T08:31:02+02:00", "14/09/2026 08:31", "seconds or milliseconds since 1970")
_FIX = "send ISO 8601 with its offset"


def micros(moment: datetime) -> int:
    """Microseconds UTC since 1970; a moment without offset is the time of Paris."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
        return micros(moment) - paris_offset_s(moment) * 1_000_000
    since = moment - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def paris_offset_s(local: datetime) -> int:
    """Seconds that Paris is ahead of UTC at a local time (directive 2000/84/EC).

    Summer time runs from the last Sunday of March, 02:00, to the last Sunday of October, 03:00
    local. Written out so that a machine without a time zone database gives the same answer; the
    hour that occurs twice counts as summer, the one that never occurs as winter.
    """
    begins = _last_sunday(local.year, 3) + timedelta(hours=2)
    ends = _last_sunday(local.year, 10) + timedelta(hours=3)
    return 7200 if begins + timedelta(hours=1) <= local < ends else 3600


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


class _Minutes(dict[str, int | None]):
    """Remembers the minutes met last, without their seconds: most events are of the same few."""

    def __missing__(self, rest: str) -> int | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[rest] = found = self._parsed(rest)
        return found

    @staticmethod
    def _parsed(rest: str) -> int | None:
        if rest[4:5] != "-" or rest[10:11] not in ("T", " ") or rest[13:14] + rest[16:17] != "::":
            return None
        try:
            return micros(datetime.fromisoformat(f"{rest[:17]}00{rest[17:]}"))
        except (ValueError, OverflowError):
            return None


_minutes = _Minutes()


def instant_us(value: object) -> int | None:
    """Microseconds UTC, from ISO 8601, dd/mm/yyyy[ hh:mm[:ss]] or an epoch number."""
    if isinstance(value, str):
        if len(value) == _USUAL:
            minute, second = _minutes[value[:17] + value[19:]], _SECONDS.get(value[17:19])
            if minute is not None and second is not None:
                return minute + second
        text = value.strip()
        if not text:
            return None
        if text[4:5] != "-" and text.isascii() and text.isdigit() and len(text) < 16:  # noqa: PLR2004 - the year 10,000 has 15
            value = int(text)
        else:
            return _instant_of_text(text)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MS_BELOW:
        return value * (1_000_000 if value < _SECONDS_BELOW else 1_000)
    raise Unfit("NOT_AN_INSTANT", shape(value), known=KNOWN, fix=_FIX)


def _instant_of_text(text: str) -> int:
    try:
        if text[4:5] == "-":
            return micros(datetime.fromisoformat(text))
        if found := _FRENCH.fullmatch(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
            return micros(datetime(year, month, day, hour, minute, second))  # noqa: DTZ001 - the time of Paris
    except (ValueError, OverflowError):
        pass
    raise Unfit("NOT_AN_INSTANT", shape(text), known=KNOWN, fix=_FIX)


def days(value: object) -> int | None:
    """Days since 1970, from yyyy-mm-dd (a time after it is left out) or dd/mm/yyyy."""
    if not isinstance(value, str):
        raise Unfit("NOT_A_DATE", shape(value), known=_DATES, fix=_FIX_DATE)
    text = value.strip()
    if not text:
        return None
    try:
        if found := _FRENCH.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1])).toordinal() - _EPOCH_DAY
        if _ISO_DAY.fullmatch(text):
            return date.fromisoformat(text[:10]).toordinal() - _EPOCH_DAY
    except ValueError:
        pass
    raise Unfit("NOT_A_DATE", shape(value), known=_DATES, fix=_FIX_DATE)


_DATES = ("2016-03-09", "09/03/2016")
_FIX_DATE = "send a day that exists, as yyyy-mm-dd"


def school_year(occurred_at: int) -> str:
    """`2026-2027` for an instant in milliseconds UTC; it changes on 1 August, in Paris.

    Paris is always two hours ahead of UTC on that night.
    """
    day = (occurred_at + 7_200_000) // MS_PER_DAY
    try:
        local = date.fromordinal(day + _EPOCH_DAY)
    except (ValueError, OverflowError):  # before the year 1 or after 9999
        return ""
    first = local.year if local.month >= 8 else local.year - 1  # noqa: PLR2004 - August
    return f"{first}-{first + 1}"
