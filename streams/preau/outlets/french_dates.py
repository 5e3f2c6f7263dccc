"""Days and hours as a French page writes them: `lundi 12 octobre 2026`, `10 h 30`."""

from __future__ import annotations

import datetime as dt

_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def day_words(day: dt.date) -> str:
    """`12 octobre 2026`; the first of a month is `1er`."""
    ordinal = "1er" if day.day == 1 else str(day.day)
    return f"{ordinal} {_MONTHS[day.month - 1]} {day.year}"


def weekday_words(day: dt.date) -> str:
    """`lundi 12 octobre 2026`."""
    return f"{_DAYS[day.weekday()]} {day_words(day)}"


def hour_words(at: dt.datetime) -> str:
    """`10 h 30`, in one piece, by the clock that the moment has."""
    return f"{at.hour}\u00a0h\u00a0{at.minute:02}"
