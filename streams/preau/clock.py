"""Time as an argument: the system's clock, and one that a test moves by hand."""

from __future__ import annotations

import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """What a part of the hub may ask about time."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class SetClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def advance(self, ms: int) -> None:
        """Moves the clock forward by `ms` milliseconds."""
        self._now_ms += ms


def paris(now_ms: int) -> dt.datetime:
    """The clock of Paris: directive 2000/84/CE, so that no time zone database is needed."""
    at = dt.datetime.fromtimestamp(now_ms // 1000, dt.UTC)
    summer = _last_sunday(at.year, 3) <= at < _last_sunday(at.year, 10)
    return at.astimezone(dt.timezone(dt.timedelta(hours=2 if summer else 1)))


def paris_day(now_ms: int) -> str:
    """The day that it is in Paris then, as 2026-10-12: days of projects begin and end there."""
    return paris(now_ms).date().isoformat()


def paris_midnight(day: dt.date) -> int:
    """When that day begins in Paris, in ms since 1970; clocks never change at midnight."""
    utc = int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp() * 1000)
    summer = utc - 2 * _HOUR_MS
    return summer if paris(summer).date() == day else utc - _HOUR_MS


_HOUR_MS = 3_600_000


def _last_sunday(year: int, month: int) -> dt.datetime:
    """One o'clock UTC on the last Sunday of a month of 31 days."""
    last = dt.datetime(year, month, 31, 1, tzinfo=dt.UTC)
    return last - dt.timedelta(days=(last.weekday() + 1) % 7)
