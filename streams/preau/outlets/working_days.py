"""The days on which somebody may be asked to look: Monday to Friday in France, but public holidays.

Public holidays are those of the Code du travail, art. L3133-1. The two more of Alsace and Moselle
(art. L3134-13) and those of overseas (L3422-2) are counted as working days: a deadline there ends a
day early rather than late. School holidays are working days: an ENT is kept by people who work.
"""

from __future__ import annotations

import datetime as dt
from functools import cache

_SATURDAY = 5
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER = (1, 39, 50)
"""Easter Monday, Ascension Day, Whit Monday, in days after Easter Sunday."""


def is_working_day(day: dt.date) -> bool:
    """Whether it is neither Saturday nor Sunday nor a public holiday."""
    return day.weekday() < _SATURDAY and day not in public_holidays(day.year)


@cache
def public_holidays(year: int) -> frozenset[dt.date]:
    """The public holidays of France in a year; two may fall on one day."""
    fixed = (dt.date(year, month, day) for month, day in _FIXED)
    easter = _easter(year)
    return frozenset([*fixed, *(easter + dt.timedelta(days=days) for days in _AFTER_EASTER)])


def _easter(year: int) -> dt.date:
    """Easter Sunday: the anonymous Gregorian algorithm (Meeus, Astronomical Algorithms, ch. 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)
