"""The headers of a canonical record are CloudEvents 1.0 and say nothing of a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from preau.canon.cloudevents import header_list, headers, rfc3339
from preau.canon.draft import Draft

AT = 1_788_220_800_123
DRAFT = Draft(
    "person",
    2,
    b"ent-ecole/5121",
    "ent-ecole/5121",
    "5a1f3c1e-6d0b-5b7e-9c57-9d2f1c0e7a11",
    AT,
    "ent-ecole",
    b"head",
    b"DELPRAT",
    sealable=True,
)
YEAR_9999_MS = 253_402_300_799_999


def test_a_draft_has_the_five_attributes_and_its_content_type() -> None:
    assert headers(DRAFT) == [
        ("ce_id", b"5a1f3c1e-6d0b-5b7e-9c57-9d2f1c0e7a11"),
        ("ce_source", b"urn:preau:ent-ecole"),
        ("ce_type", b"fr.preau.person.v1"),
        ("ce_time", b"2026-09-01T00:00:00.123Z"),
        ("ce_specversion", b"1.0"),
        ("content-type", b"application/avro"),
    ]


def test_a_trace_is_passed_on() -> None:
    trace = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    assert headers(DRAFT, trace) == [*headers(DRAFT), ("traceparent", trace)]


def test_no_header_holds_anything_of_the_record_itself() -> None:
    told = b"".join(value for _, value in headers(DRAFT))

    assert b"5121" not in told
    assert b"DELPRAT" not in told


def test_each_record_and_instance_has_its_own() -> None:
    first = dict(header_list("group", "cantal", "e", AT))
    second = dict(header_list("roster", "ent-ecole", "e", AT))

    assert (first["ce_type"], first["ce_source"]) == (b"fr.preau.group.v1", b"urn:preau:cantal")
    assert (second["ce_type"], second["ce_source"]) == (
        b"fr.preau.roster.v1",
        b"urn:preau:ent-ecole",
    )


@given(st.integers(0, YEAR_9999_MS))
def test_an_instant_is_told_to_the_millisecond(at: int) -> None:
    told = datetime.fromisoformat(rfc3339(at))

    assert told - datetime(1970, 1, 1, tzinfo=UTC) == timedelta(milliseconds=at)


def test_what_is_remembered_is_bounded() -> None:
    for number in range(50_010):
        header_list("person", f"instance-{number}", "e", number * 1000)

    assert dict(header_list("person", "ent", "e", 5_000))["ce_time"] == b"1970-01-01T00:00:05.000Z"
