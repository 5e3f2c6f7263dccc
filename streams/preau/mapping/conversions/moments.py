"""Conversions that give dates and instants."""

from __future__ import annotations

from preau.mapping.conversions.calendar import days, instant_us
from preau.mapping.conversions.conversion import About, Conversion, Example, Gives


def _date(given: tuple[object, ...], _about: About) -> object:
    return days(given[0])


def _instant(given: tuple[object, ...], _about: About) -> object:
    us = instant_us(given[0])
    return None if us is None else us // 1_000


def _instant_us(given: tuple[object, ...], _about: About) -> object:
    return instant_us(given[0])


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
)
