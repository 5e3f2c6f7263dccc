"""Deadlines: to be reached counts by the clock, to have done on working days in Paris."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.catalogue.card_values import OPERATIONS
from preau.clock import paris_midnight
from preau.outlets.deadlines import (
    DAY_MS,
    DEADLINES,
    HOUR_MS,
    PROCESSING,
    TRANSPORT,
    due,
    working_time,
)
from preau.outlets.working_days import is_working_day

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> int:
    """A moment in Paris, in ms since 1970."""
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp() * 1000)


@pytest.mark.parametrize(
    ("since", "end"),
    [
        ("2026-10-12T08:00", "2026-10-13T08:00"),  # Monday
        ("2026-10-16T08:00", "2026-10-19T08:00"),  # Friday, until Monday
        ("2026-10-17T08:00", "2026-10-20T00:00"),  # Saturday counts from Monday
        ("2026-10-18T23:59", "2026-10-20T00:00"),
        ("2026-10-16T00:00", "2026-10-17T00:00"),
        ("2026-10-16T23:30", "2026-10-19T23:30"),  # half past nine UTC is still Friday here
        ("2026-10-17T01:30", "2026-10-20T00:00"),  # Friday in UTC, Saturday in Paris
        ("2026-11-10T08:00", "2026-11-12T08:00"),  # the eleventh of November does not count
        ("2027-05-05T10:00", "2027-05-07T10:00"),  # nor Ascension Day
        ("2026-12-24T12:00", "2026-12-28T12:00"),  # nor Christmas and the week-end after it
        ("2027-03-26T12:00", "2027-03-30T12:00"),  # summer time and Easter Monday come together
    ],
)
def test_a_day_of_working_time_leaves_out_week_ends_and_holidays(since: str, end: str) -> None:
    assert working_time(at(since), DAY_MS) == at(end)


def test_an_ent_must_be_reached_within_the_hour_on_a_sunday_too() -> None:
    sunday = at("2026-10-18T10:00")
    assert due("GROUP_PUT", TRANSPORT, sunday) == sunday + HOUR_MS
    assert due("GROUP_PUT", PROCESSING, sunday) == at("2026-10-20T00:00")


def test_what_may_no_longer_be_seen_is_due_sooner() -> None:
    monday = at("2026-10-12T08:00")
    assert due("SHARE_REMOVE", PROCESSING, monday) < due("SHARE_PUT", PROCESSING, monday)


def test_every_operation_has_a_deadline() -> None:
    assert {*OPERATIONS} <= DEADLINES.keys()
    assert due("OF_TOMORROW", TRANSPORT, 0) == HOUR_MS


@given(st.integers(0, 4_102_444_800_000), st.integers(1, 10 * DAY_MS))
def test_working_time_never_ends_before_the_clock_nor_on_a_day_off(since: int, span: int) -> None:
    end = working_time(since, span)
    assert end >= since + span
    assert is_working_day(dt.datetime.fromtimestamp((end - 1) / 1000, PARIS).date())


@given(st.dates(dt.date(1996, 1, 1), dt.date(2100, 1, 1)))
def test_a_day_begins_in_paris_when_the_time_zone_database_says_so(day: dt.date) -> None:
    """The European rule since 1996."""
    assert paris_midnight(day) == at(f"{day}T00:00")
