"""Deadlines: to be reached counts by the clock, to have done on school days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.catalogue.card_values import OPERATIONS
from preau.outlets.deadlines import (
    DAY_MS,
    DEADLINES,
    HOUR_MS,
    PROCESSING,
    TRANSPORT,
    due,
    school_time,
)


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("since", "end"),
    [
        ("2026-10-12T08:00", "2026-10-13T08:00"),  # Monday
        ("2026-10-16T08:00", "2026-10-19T08:00"),  # Friday, until Monday
        ("2026-10-17T08:00", "2026-10-20T00:00"),  # Saturday counts from Monday
        ("2026-10-18T23:59", "2026-10-20T00:00"),
        ("2026-10-16T00:00", "2026-10-17T00:00"),
    ],
)
def test_a_day_of_school_time_leaves_out_the_week_end(since: str, end: str) -> None:
    assert school_time(at(since), DAY_MS) == at(end)


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
def test_school_time_never_ends_before_the_clock_nor_on_a_week_end(since: int, span: int) -> None:
    end = school_time(since, span)
    assert end >= since + span
    assert dt.datetime.fromtimestamp((end - 1) / 1000, dt.UTC).weekday() < 5
