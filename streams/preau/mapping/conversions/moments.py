"""Conversions that give dates and instants."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from preau.clock import paris
from preau.mapping.conversions.calendar import MS_PER_DAY, days, instant_us
from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text
from preau.mapping.refusal import Unfit, shape

_WITH_OFFSET = re.compile(r"T.*(?:Z|[+-][0-9]{2}:?[0-9]{2})$")


def _date(given: tuple[object, ...], _about: About) -> object:
    return days(given[0])


def _day(given: tuple[object, ...], _about: About) -> object:
    said = next((value for value in given if value not in (None, "")), None)
    text = said.strip() if isinstance(said, str) else ""
    if said is None or (
        isinstance(said, str) and not (text.isdigit() or _WITH_OFFSET.search(text))
    ):
        return days(text)
    us = instant_us(said)
    if us is None:
        return None
    offset = paris(us // 1_000).utcoffset() or timedelta()
    return (us // 1_000 + offset // timedelta(milliseconds=1)) // MS_PER_DAY


def _instant(given: tuple[object, ...], _about: About) -> object:
    us = instant_us(given[0])
    return None if us is None else us // 1_000


def _instant_us(given: tuple[object, ...], _about: About) -> object:
    return instant_us(given[0])


def _class_day(given: tuple[object, ...], _about: About) -> object:
    structure, class_code, said, other = [*given, None, None, None][:4]
    if not said:
        return None  # most files say no days
    where = as_text(structure), as_text(class_code)
    found = max(_days_said(said, where), default=None)
    later = max(_days_said(other, where), default=None)
    return None if found is None or (later is not None and later > found) else found


def _days_said(said: object, where: tuple[str | None, str | None]) -> list[int]:
    """The days that a list of `[structure, day, class]` says of one class of one structure."""
    rows: list[Any] = said if isinstance(said, list) else [] if said is None else [said]
    for row in rows:
        if not isinstance(row, list) or len(row) != 3:  # noqa: PLR2004 - structure, day, class
            known = ("[structure, day, class]",)
            raise Unfit("NOT_A_LIST", shape(row), known=known, fix="send structure, day and class")
    found = [days(day) for at, day, code in rows if (as_text(at), as_text(code)) == where]
    return [day for day in found if day is not None]


CONVERSIONS = (
    Conversion(
        "date",
        "A day, from `yyyy-mm-dd` (a time after it is left out) or `dd/mm/yyyy`; given as days "
        "since 1970-01-01.",
        Gives.DAYS,
        _date,
        (
            Example("1970-01-02", 1),
            Example("09/03/2016", 16869),
            Example("2016-03-09T10:00:00+02:00", 16869),
            Example("", None),
            Example("12/13/2015", error="NOT_A_DATE"),
            Example(20160309, error="NOT_A_DATE"),
        ),
        steady=True,
    ),
    Conversion(
        "day",
        "As `date`, or the day in Paris of a moment: ISO 8601 with its offset, seconds or "
        "milliseconds since 1970; the first path that is there.",
        Gives.DAYS,
        _day,
        (
            Example("09/03/2016", 16869),
            Example("2016-03-09", 16869),
            Example("2016-03-08T23:30:00Z", 16869),
            Example((None, 1457478000000), 16869),
            Example(1457478000, 16869),
            Example("", None),
            Example(-1, error="NOT_AN_INSTANT"),
            Example("lundi", error="NOT_A_DATE"),
        ),
        several=True,
    ),
    Conversion(
        "instant",
        "A moment, from ISO 8601, `dd/mm/yyyy hh:mm`, or seconds or milliseconds since 1970; one "
        "without offset is the time of Paris. Given in milliseconds UTC.",
        Gives.MILLIS,
        _instant,
        (
            Example("2026-09-14T08:31:02+02:00", 1789367462000),
            Example("2026-09-14T06:31:02Z", 1789367462000),
            Example("14/09/2026 08:31", 1789367460000),
            Example(1789367462, 1789367462000),
            Example(1789367462000, 1789367462000),
            Example("", None),
            Example("hier", error="NOT_AN_INSTANT"),
            Example(-1, error="NOT_AN_INSTANT"),
        ),
        steady=True,
    ),
    Conversion(
        "instant_us",
        "As `instant`, in microseconds UTC: what `meta.version` counts in.",
        Gives.MICROS,
        _instant_us,
        (
            Example("2026-09-14T08:31:02.000001+02:00", 1789367462000001),
            Example([], error="NOT_AN_INSTANT"),
        ),
        steady=True,
    ),
    Conversion(
        "class_day",
        "From [structure, class, list of `[structure, day, class]`]: the last day that the list "
        "says of this class; with a second list, absent when that one says a later day of it.",
        Gives.DAYS,
        _class_day,
        (
            Example(("43", "6A", [["43", "02/01/1970", "6A"], ["43", "03/01/1970", "6B"]]), 1),
            Example(("43", "6A", [["43", "02/01/1970", "6A"]], [["43", "03/01/1970", "6A"]]), None),
            Example(("43", "6A", None), None),
            Example(("43", "6A", [["43", "31/02/2026", "6A"]]), error="NOT_A_DATE"),
            Example(("43", "6A", ["43"]), error="NOT_A_LIST"),
        ),
        several=True,
    ),
)
