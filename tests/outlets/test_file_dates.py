"""The file of dates of an ENT that imports iCalendar: what stands in it, whatever the title."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from preau.errors import Place
from preau.outlets.file_forms import parse_forms
from preau.outlets.file_lines import Drawn, draw
from preau.store.filed import Filed
from tests.outlets.calendar_reader import Component, read

FIELDS = ("calendar_event", "group", "title", "start", "end", "all_day", "recurrence")
NEEDS = {"CALENDAR_EVENT_PUT": FIELDS, "GROUP_PUT": ("group", "name")}
SAID = {
    "uid": "calendar_event",
    "title": "title",
    "start": "start",
    "end": "end",
    "days": "all_day",
    "repeats": "recurrence",
    "folder": "group.name",
    "delivery": "delivery",
}
FORM = {
    "name": "agenda.ics",
    "form": "calendar",
    "of": "CALENDAR_EVENT_PUT",
    "columns": {column: {"from": field} for column, field in SAID.items()},
}
FORMS = parse_forms({"files": [FORM]}, NEEDS, Place())
VISIT = {
    "calendar_event": "d1",
    "group": "g",
    "title": "Visite; du collège",
    "start": "2026-10-12T06:30:00Z",
    "end": "2026-10-12T08:00:00Z",
    "all_day": False,
    "recurrence": "",
}


def filed(operation: str, fields: dict[str, Any]) -> Filed:
    where = ("ent", f"{operation}:1", 3)
    return Filed(*where, operation, "event-1", "", fields, gone=False, writing=1_789_000_000_000)


def drawn(**changed: Any) -> Drawn:
    group = filed("GROUP_PUT", {"group": "g", "name": "Défi"})
    (made,) = draw(FORMS, [group, filed("CALENDAR_EVENT_PUT", VISIT | changed)], lambda *_: "")
    return made


def event(made: Drawn) -> Component:
    (found,) = [part for part in read(made.content).parts if part.kind == "VEVENT"]
    return found


def told(made: Drawn, *names: str) -> list[str]:
    return [event(made).line(name).value for name in names]


def test_a_date_says_when_what_for_whom_and_by_which_delivery() -> None:
    made = drawn()
    assert (made.name, made.lines) == ("agenda.ics", 1)
    names = ("UID", "DTSTART", "DTEND", "SUMMARY", "CATEGORIES", "X-PREAU-DELIVERY", "SEQUENCE")
    when = ["20261012T063000Z", "20261012T080000Z"]
    assert told(made, *names) == ["d1", *when, r"Visite\; du collège", "Défi", "event-1", "3"]


def test_a_date_of_whole_days_and_one_that_comes_back_are_told_as_such() -> None:
    assert told(drawn(all_day=True), "DTSTART") == ["20261012"]
    assert told(drawn(recurrence="FREQ=WEEKLY"), "RRULE") == ["FREQ=WEEKLY"]


def test_without_an_end_there_is_none() -> None:
    assert not event(drawn(end=None)).has("DTEND")


def test_without_a_date_the_file_is_a_calendar_all_the_same() -> None:
    (made,) = draw(FORMS, [], lambda *_: "")
    assert made.lines == 0
    assert [part.kind for part in read(made.content).parts] == ["VTIMEZONE"]


@given(st.text(max_size=80))
def test_whatever_the_title_the_file_has_one_date_and_is_the_same_each_time(title: str) -> None:
    made = drawn(title=title)
    assert event(made).line("UID").value == "d1"
    assert drawn(title=title) == made
