"""Working days in France: no Saturday, no Sunday, no public holiday."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.outlets.working_days import is_working_day, public_holidays

DAYS = st.dates(dt.date(1970, 1, 1), dt.date(2200, 12, 31))


def test_the_holidays_of_a_year_are_the_eleven_of_the_law() -> None:
    said = "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"
    assert sorted(public_holidays(2026)) == [
        dt.date.fromisoformat(f"2026-{d}") for d in said.split()
    ]


@pytest.mark.parametrize(
    "monday",
    ["2000-04-24", "2008-03-24", "2024-04-01", "2025-04-21", "2027-03-29", "2038-04-26"],
)
def test_easter_monday_is_where_the_almanac_has_it(monday: str) -> None:
    """2008 and 2038 are nearly the earliest and the latest that there are."""
    day = dt.date.fromisoformat(monday)
    assert day in public_holidays(day.year)
    assert not is_working_day(day)
    assert is_working_day(day + dt.timedelta(days=1))


@given(DAYS)
def test_easter_is_a_sunday_of_spring_and_weeks_are_never_without_a_working_day(
    day: dt.date,
) -> None:
    mondays = [each for each in public_holidays(day.year) if each.month in (3, 4)]
    assert [(each - dt.timedelta(days=1)).weekday() for each in mondays] == [6]
    assert dt.date(day.year, 3, 22) < mondays[0] <= dt.date(day.year, 4, 26)
    assert any(is_working_day(day + dt.timedelta(days=n)) for n in range(5))


def test_two_holidays_on_one_day_are_one() -> None:
    """Ascension Day fell on 1 May in 2008."""
    assert len(public_holidays(2008)) == 10


@given(DAYS)
def test_a_week_end_is_no_working_day(day: dt.date) -> None:
    assert not (is_working_day(day) and day.weekday() > 4)
