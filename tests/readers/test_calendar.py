"""A dropped calendar: each date is one event, a broken one is told by its line, echoes stay out."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.clock import paris
from preau.errors import SetAside
from preau.outlets.icalendar import Date, calendar
from preau.outlets.printable import one_line
from preau.readers import csv_rows, open_reader
from preau.readers.dropped_file import CALENDAR, DroppedFile
from preau.readers.piece import Piece
from preau.readers.vevent import HEADERS

FORM = DroppedFile(
    "agenda-{group}-{date}.ics",
    "rendez_vous",
    {header: header.lower() for header in HEADERS},
    CALENDAR,
    stamp=("date",),
    group=("group",),
    ids={"UID": "rdv-{id}@*"},
)
NAME = "Agenda-CM2a_1-2026-10-06.ICS"
PLAIN = ("UID:rdv-7@ent.example", "DTSTART:20261012T103000", "SUMMARY:Rencontre")
titles = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), max_size=60)
starts = st.integers(0, 4_000_000_000).map(lambda seconds: seconds * 1000)
minutes = st.integers(1, 100_000)


def file(*events: tuple[str, ...], ending: str = "\r\n") -> bytes:
    lines = [line for each in events for line in ("BEGIN:VEVENT", *each, "END:VEVENT")]
    return ending.join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR", ""]).encode()


def pieces(body: bytes, name: str = NAME) -> list[Piece]:
    return list(open_reader("json", dropped=[FORM]).split(io.BytesIO(body), name))


def read(*lines: str) -> dict[str, Any]:
    [piece] = pieces(file(lines))
    assert piece.problem is None
    found: dict[str, Any] = orjson.loads(piece.body)
    return found


def code(*lines: str) -> str:
    [piece] = pieces(file(lines))
    assert piece.problem is not None
    return piece.problem.code


def test_a_date_is_one_event_with_the_group_and_the_date_of_the_files_name() -> None:
    [piece] = pieces(file(PLAIN))
    assert (piece.event, piece.path) == ("rendez_vous", "line 2")
    assert orjson.loads(piece.body) == {
        "uid": "7",
        "summary": "Rencontre",
        "dtstart": "2026-10-12T10:30:00",
        "days": "false",
        "group": "CM2a_1",
        "date": "2026-10-06T00:00:00",
    }


@pytest.mark.parametrize(
    ("line", "header", "text"),
    [
        ("DTEND;TZID=Europe/Paris:20261012T113000", "dtend", "2026-10-12T11:30:00"),
        ('DTEND;TZID="Romance Standard Time":20261012T113000', "dtend", "2026-10-12T11:30:00"),
        ("DTEND:20261012T093000Z", "dtend", "2026-10-12T09:30:00Z"),
        ("DURATION:P1DT1H30M", "dtend", "2026-10-13T12:00:00"),
        ("DURATION:P2W", "dtend", "2026-10-26T10:30:00"),
        ("RRULE:freq=weekly;count=4", "rrule", "FREQ=WEEKLY;COUNT=4"),
        ("status:cancelled", "status", "CANCELLED"),
        ("SEQUENCE:12", "sequence", "12"),
        ("LAST-MODIFIED:20261005T080000Z", "last-modified", "2026-10-05T08:00:00Z"),
    ],
)
def test_what_a_date_says_besides_is_read(line: str, header: str, text: str) -> None:
    assert read(*PLAIN, line)[header] == text


def test_whole_days_end_at_the_midnight_after_the_last() -> None:
    days = ("DTSTART;VALUE=DATE:20261105", "DTEND;VALUE=DATE:20261107")
    found = read(PLAIN[0], *days)
    assert (found["days"], found["dtend"]) == ("true", "2026-11-07T00:00:00")
    assert "summary" not in found


def test_folded_lines_escapes_and_alarms_are_read_as_the_rfc_has_them() -> None:
    alarm = ("BEGIN:VALARM", "SUMMARY:no", "DTSTART:20200101T000000", "END:VALARM")
    found = read(*PLAIN[:2], "SUMMARY:Salle 1\\, \\;\\\\ et", "  la\\nsuite", *alarm)
    assert found["summary"] == "Salle 1, ;\\ et la suite"


def test_descriptions_places_and_guests_are_never_kept() -> None:
    private = (
        "DESCRIPTION:Secret",
        "LOCATION:Secret",
        "ATTENDEE;CN=Secret:mailto:secret@x.example",
    )
    assert "ecret" not in str(read(*PLAIN, *private))


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (PLAIN[1:], "ICS_EVENT"),
        (PLAIN[:1], "ICS_EVENT"),
        ((*PLAIN, PLAIN[1]), "ICS_EVENT"),
        ((*PLAIN, "no content line"), "ICS_EVENT"),
        ((*PLAIN, "COMMENT:\x01"), "ICS_EVENT"),
        ((*PLAIN, f"COMMENT:{'x' * 70_000}"), "ICS_EVENT"),
        ((PLAIN[0], "DTSTART:20260230T103000"), "ICS_TIME"),
        ((PLAIN[0], "DTSTART:12/10/2026"), "ICS_TIME"),
        ((PLAIN[0], "DTSTART;TZID=America/New_York:20261012T103000"), "ICS_TIME"),
        ((*PLAIN, "DTEND:20261011T103000"), "ICS_TIME"),
        ((*PLAIN, "DTEND;VALUE=DATE:20261013"), "ICS_TIME"),
        ((*PLAIN, "DURATION:P"), "ICS_TIME"),
        ((*PLAIN, "RRULE:every day"), "ICS_SERIES"),
        ((PLAIN[0], "DTSTART:20261012T103000Z", "RRULE:FREQ=WEEKLY"), "ICS_SERIES"),
        ((*PLAIN, "RRULE:FREQ=WEEKLY", "EXDATE:20261019T103000"), "ICS_SERIES"),
        ((*PLAIN, "X-PREAU-DELIVERY:d-1"), "ICS_OURS"),
        (("UID:5a1f3c1e-0000-5000-8000-000000000001", *PLAIN[1:]), "FILE_ID"),
        ((f"UID:rdv-7@{'x' * 250}", *PLAIN[1:]), "FILE_ID"),
    ],
)
def test_a_date_that_cannot_be_taken_says_why(lines: tuple[str, ...], why: str) -> None:
    assert code(*lines) == why


def test_the_other_dates_go_on_after_a_broken_one() -> None:
    other = ("UID:rdv-8@ent.example", *PLAIN[1:])
    found = pieces(
        file(PLAIN, ("UID:rdv-9@x",), PLAIN, other).replace(b"SUMMARY:R", b"SUMMARY:\xe9", 1)
    )
    told = [(each.path, each.problem.code if each.problem else "") for each in found]
    assert told == [
        *(("line 2", "ICS_EVENT"), ("line 7", "ICS_EVENT")),
        *(("line 10", ""), ("line 15", "")),
    ]


def test_the_same_uid_twice_is_taken_once() -> None:
    first, second = pieces(file(PLAIN, PLAIN))
    assert first.problem is None
    assert second.problem is not None


def test_a_series_of_which_one_date_was_changed_is_not_taken_for_the_whole() -> None:
    series, changed = (*PLAIN, "RRULE:FREQ=WEEKLY"), (*PLAIN, "RECURRENCE-ID:20261019T103000")
    found = [each.problem.code for each in pieces(file(series, changed)) if each.problem]
    assert found == ["ICS_SERIES", "ICS_SERIES"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"Identifiant;Nom\n", "ICS_NOT_ICS"),
        (b"\xff\xfeB\x00", "ICS_NOT_ICS"),
        (file(PLAIN)[:-20], "ICS_TRUNCATED"),
        (file(PLAIN).replace(b"END:VEVENT\r\n", b""), "ICS_TRUNCATED"),
        (file(*[("UID:x",)] * (csv_rows.MAX_ROWS + 1)), "ICS_SIZE"),
        (b"BEGIN:VCALENDAR\n" + b"X" * csv_rows.MAX_FILE, "ICS_SIZE"),
    ],
)
def test_a_file_that_is_no_whole_calendar_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(SetAside) as told:
        pieces(body)
    assert told.value.code == why


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_both_line_ends_and_a_mark_are_read(ending: str) -> None:
    [piece] = pieces(b"\xef\xbb\xbf" + file(PLAIN, ending=ending))
    assert piece.problem is None


def test_a_calendar_whose_name_says_no_group_is_refused() -> None:
    with pytest.raises(SetAside) as told:
        pieces(file(PLAIN), "agenda-2026-10-06.ics")
    assert told.value.code == "FILE_NAME"


@given(st.lists(st.tuples(titles, starts, minutes), max_size=6))
def test_what_a_calendar_writes_is_read_back(dates: list[tuple[str, int, int]]) -> None:
    written = [
        Date(f"rdv-{number}@x", title, 1, 0, start, start + length * 60_000)
        for number, (title, start, length) in enumerate(dates)
    ]
    found = [orjson.loads(each.body) for each in pieces(calendar("x", written))]
    told = sorted((each["uid"], each.get("summary", ""), each["dtstart"]) for each in found)
    assert told == sorted(
        (str(n), " ".join(one_line(title).split()), _utc(start))
        for n, (title, start, _) in enumerate(dates)
    )


@given(st.integers(0, 40_000), st.integers(1, 30))
def test_whole_days_that_a_calendar_writes_are_read_back(day: int, length: int) -> None:
    start = day * 86_400_000
    date = Date("rdv-1@x", "x", 1, 0, start, start + length * 86_400_000, days=True)
    [piece] = pieces(calendar("x", [date]))
    assert orjson.loads(piece.body)["dtstart"] == f"{paris(start).date()}T00:00:00"


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise_than_with_a_reason(junk: bytes) -> None:
    try:
        found = pieces(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + junk + b"\r\nEND:VCALENDAR\r\n")
    except SetAside:
        return
    assert all((each.problem is None) == bool(each.body) for each in found)


@given(titles)
def test_a_refusal_never_holds_a_value(title: str) -> None:
    [piece] = pieces(file(("UID:·é", *PLAIN[1:2], f"SUMMARY:{title}·é", "DTEND:·é")))
    assert piece.problem is not None
    assert "·é" not in str(piece.problem.complaint)


def _utc(ms: int) -> str:
    at = paris(ms)
    return (at - (at.utcoffset() or at - at)).replace(tzinfo=None).isoformat() + "Z"
