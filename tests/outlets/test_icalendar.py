"""Calendars are RFC 5545 to the octet, whatever a title holds, and stay what they are."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.outlets.icalendar import Date, calendar, sequence
from preau.outlets.printable import one_line
from preau.outlets.recurrence import rule
from tests.outlets.calendar_reader import Component, read

START, END = 1_791_793_800_000, 1_791_801_000_000  # 12 October 2026, 8:30 and 10:30 UTC
DATE = Date("5a1f3c1e-0000-5000-8000-000000000001", "Rencontre", 7, START - 5_000, START, END)
NASTY = "\r\nEND:VEVENT\r\nBEGIN:VALARM\nSUMMARY;X=1:é,;\\"


def only(date: Date) -> Component:
    [event] = read(calendar("Défi lecture", [date])).events()
    return event


def test_a_moment_is_said_in_utc() -> None:
    event = only(DATE)
    assert event.line("DTSTART") == ("DTSTART", "", "20261012T083000Z")
    assert event.line("DTEND").value == "20261012T103000Z"
    assert event.line("DTSTAMP").value == "20261012T082955Z"
    assert (event.line("SEQUENCE").value, event.text("SUMMARY")) == ("7", "Rencontre")


def test_a_calendar_without_dates_is_one_still() -> None:
    empty = read(calendar("Défi lecture", []))
    assert (empty.events(), empty.text("NAME")) == ([], "Défi lecture")


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (None, "20261013"),
        (START, "20261013"),
        (1_791_842_400_000, "20261013"),  # midnight in Paris: the day before is the last one
        (1_791_849_600_000, "20261013"),  # midnight in UTC
        (1_791_900_000_000, "20261014"),
    ],
)
def test_whole_days_end_on_the_day_after_the_last(end: int | None, last: str) -> None:
    event = only(DATE._replace(days=True, end=end))
    assert event.line("DTSTART") == ("DTSTART", ";VALUE=DATE", "20261012")
    assert event.line("DTEND") == ("DTEND", ";VALUE=DATE", last)


def test_a_lesson_that_comes_back_keeps_its_hour_in_paris() -> None:
    event = only(DATE._replace(recurrence="RRULE:FREQ=WEEKLY;UNTIL=20261201"))
    assert event.line("DTSTART") == ("DTSTART", ";TZID=Europe/Paris", "20261012T103000")
    assert event.line("RRULE").value == "FREQ=WEEKLY;UNTIL=20261201T225959Z"


def test_an_end_before_the_beginning_is_not_said() -> None:
    assert not only(DATE._replace(end=START - 1)).has("DTEND")


def test_what_no_calendar_can_write_is_left_out() -> None:
    far = DATE._replace(start=10**17, end=None)
    assert read(calendar("x", [far, DATE._replace(said_at=10**18)])).events() == []


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("freq=weekly;count=4", "FREQ=WEEKLY;COUNT=4"),
        ("FREQ=MONTHLY;BYDAY=-1SU,2MO", "FREQ=MONTHLY;BYDAY=-1SU,2MO"),
        (
            "INTERVAL=2;FREQ=DAILY;UNTIL=20261201T100000",
            "FREQ=DAILY;INTERVAL=2;UNTIL=20261201T090000Z",
        ),
        ("FREQ=DAILY;UNTIL=20261201T100000Z", "FREQ=DAILY;UNTIL=20261201T100000Z"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=21", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=21"),
    ],
)
def test_a_rule_is_said_as_the_rfc_has_it(said: str, told: str) -> None:
    assert rule(said, days=False) == told


@pytest.mark.parametrize(
    "said",
    [
        "",
        "every week",
        "COUNT=4",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;COUNT=4;UNTIL=20261201",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=0",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;UNTIL=20261201T250000Z",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY\r\nSUMMARY:x",
        "FREQ=DAILY;X=1",
        "FREQ=DAILY;COUNT=٤",
    ],
)
def test_what_is_no_rule_is_not_said(said: str) -> None:
    assert rule(said, days=False) == ""
    assert not only(DATE._replace(recurrence=said)).has("RRULE")


def test_a_rule_of_whole_days_ends_on_a_day_and_has_no_hours() -> None:
    assert rule("FREQ=DAILY;UNTIL=20261201T100000Z", days=True) == "FREQ=DAILY;UNTIL=20261201"
    assert rule("FREQ=DAILY;BYHOUR=8", days=True) == ""


@given(st.text() | st.text("é€\r\n\\;,:𝄞 ") | st.just(NASTY))
def test_whatever_a_title_holds_the_calendar_is_sound_and_says_it(title: str) -> None:
    event = only(DATE._replace(title=title, category=title))
    assert event.text("SUMMARY") == one_line(title)
    assert not event.parts


PARTS = st.lists(st.sampled_from(["FREQ=WEEKLY", "COUNT=2", "UNTIL=20261201", "BYDAY=MO", "X"]))


@given(said=PARTS.map(";".join) | st.text(), days=st.booleans())
def test_whatever_a_rule_says_the_calendar_is_sound(said: str, *, days: bool) -> None:
    only(DATE._replace(recurrence=said, days=days))


MOMENTS = st.integers(-(2**40), 2**50)


@given(start=MOMENTS, end=st.none() | MOMENTS, days=st.booleans())
def test_whenever_it_is_the_calendar_is_sound(start: int, end: int | None, *, days: bool) -> None:
    read(calendar("x", [DATE._replace(start=start, end=end, days=days)]))


@given(st.lists(st.integers(0, 2**53), min_size=2))
def test_the_sequence_never_goes_back(versions: list[int]) -> None:
    told = [sequence(each) for each in sorted(versions) if each > 2**31]
    assert told == sorted(told)
    assert all(0 <= sequence(each) < 2**31 for each in versions)


def test_a_version_in_microseconds_is_more_than_a_small_one() -> None:
    assert sequence(41) == 41
    assert sequence(START * 1000) == START // 1000 - int(
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()
    )


def test_the_same_dates_give_the_same_bytes_in_any_order() -> None:
    other = DATE._replace(uid="b", start=START + 1)
    assert calendar("x", [DATE, other]) == calendar("x", [other, DATE])
