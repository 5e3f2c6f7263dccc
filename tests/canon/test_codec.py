"""A record's bytes are read back exactly, and nothing else is taken for a record."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.canon.codec import decode, encode, read_inner
from preau.canon.schemas import Schema, load
from preau.canon.wire import frame
from preau.errors import SetAside

Values = Callable[[Schema], st.SearchStrategy[dict[str, Any]]]
RECORDS = sorted(load())
REFUSED_WITHIN_S = 2.0
MANY = b"\x80\x80\x80\x80\x80\x40"  # 2^40
MOST = b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"  # 2^63 - 1
LEAST = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"  # -2^63
FILLED = {
    "meta": {"event_id": "e", "instance": "ent-ecole", "source_id": "5121", "version": 2**50},
    "profile": "PUPIL",
    "national_ref": {"academy": "11", "degree": "FIRST", "jointure": "700001"},
    "pii": {"kid": b"k" * 16, "nonce": b"n" * 12, "ciphertext": b"c" * 70},
}
ASIDE = encode("set_aside", {"event_id": ""})[5:]  # every field of one byte
KNOWN, PARTITION = 7, 9  # where set_aside has its list and its 32-bit number
PERSON = encode("person", {"meta": {"event_id": ""}})[5:]
DELETED, AUTHORITY = 6, 7  # where a person has its truth value and its first enum


def refusal(record: str, body: bytes) -> str:
    """The code under which a body is refused, and that it was refused without delay."""
    began = time.monotonic()
    with pytest.raises(SetAside) as aside:
        decode(frame(load()[record].id, body))
    assert time.monotonic() - began < REFUSED_WITHIN_S
    return aside.value.code


def answered(record: str, value: bytes) -> bytes | str:
    """What was read, written again; else the code under which it was refused."""
    try:
        return encode(record, decode(value).value)
    except SetAside as aside:
        return aside.code


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_that_says_nothing_is_its_defaults(record: str) -> None:
    decoded = decode(encode(record, {}))

    assert (decoded.record, decoded.schema_id) == (record, load()[record].id)
    assert list(decoded.value) == [field["name"] for field in load()[record].raw["fields"]]
    assert decode(encode(record, decoded.value)) == decoded


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_record_is_read_back_as_it_was_said(values_of: Values, data: st.DataObject) -> None:
    record = data.draw(st.sampled_from(RECORDS))
    said = data.draw(values_of(load()[record]))

    assert decode(encode(record, said)).value == said


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_the_inner_record_is_read_back_as_it_was_said(
    values_of: Values, data: st.DataObject
) -> None:
    said = data.draw(values_of(load()["person.pii"]))

    assert read_inner("person", encode("person.pii", said)[5:]) == said


def test_dates_are_dates_when_asked_for() -> None:
    value = encode("membership", {"until": 20_000, "meta": {"occurred_at": 1_788_220_800_000}})

    plain, dated = decode(value).value, decode(value, dates=True).value

    assert (plain["until"], plain["meta"]["occurred_at"]) == (20_000, 1_788_220_800_000)
    assert dated["until"] == date(2024, 10, 4)
    assert dated["meta"]["occurred_at"] == datetime(2026, 9, 1, tzinfo=UTC)


def test_a_date_after_the_last_one_is_set_aside_when_dates_are_asked_for() -> None:
    value = encode("membership", {"until": 2**31 - 1})

    with pytest.raises(SetAside, match="AVRO_BROKEN"):
        decode(value, dates=True)


@pytest.mark.parametrize("fields", [{"surname": "x"}, {"meta": {"surname": "x"}}])
def test_a_field_that_the_schema_does_not_have_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="surname"):
        encode("person", fields)


def test_a_record_that_ends_too_early_is_set_aside_at_every_length() -> None:
    body = encode("person", FILLED)[5:]

    assert {refusal("person", body[:length]) for length in range(len(body))} == {"AVRO_BROKEN"}


@pytest.mark.parametrize("record", RECORDS)
def test_every_record_has_an_end(record: str) -> None:
    body = encode(record, {})[5:]

    assert {refusal(record, body[:length]) for length in range(len(body))} == {"AVRO_BROKEN"}
    assert refusal(record, body + b"\x00") == "AVRO_BROKEN"
    assert refusal(record, body + b"\xff" * 1_000_000) == "AVRO_BROKEN"


@pytest.mark.parametrize(
    "length", [MANY, MOST, LEAST, b"\x01", b"\x09"], ids=["2^40", "2^63-1", "-2^63", "-1", "-5"]
)
@pytest.mark.parametrize("after", [b"", b"\x00" * 1_000_000], ids=["short", "long"])
def test_an_absurd_length_is_set_aside_at_once(length: bytes, after: bytes) -> None:
    assert refusal("set_aside", length + ASIDE[1:] + after) == "AVRO_BROKEN"
    assert refusal("set_aside", ASIDE[:KNOWN] + length + ASIDE[KNOWN + 1 :] + after) == (
        "AVRO_BROKEN"
    )


@pytest.mark.parametrize(
    "number",
    [b"\x80\x00", b"\x80" * 9 + b"\x00", b"\x80" * 20 + b"\x00", b"\x80" * 1_000_000 + b"\x00"],
    ids=["2 bytes", "10 bytes", "21 bytes", "a million bytes"],
)
def test_a_zero_in_more_than_one_byte_is_set_aside(number: bytes) -> None:
    assert refusal("set_aside", number + ASIDE[1:]) == "AVRO_BROKEN"
    assert refusal("set_aside", ASIDE[:PARTITION] + number + ASIDE[PARTITION + 1 :]) == (
        "AVRO_BROKEN"
    )


@pytest.mark.parametrize("byte", [b"\x02", b"\x07", b"\xff"])
def test_a_truth_value_is_0_or_1(byte: bytes) -> None:
    assert decode(frame(2, PERSON[:DELETED] + b"\x01" + PERSON[DELETED + 1 :])).value["meta"][
        "deleted"
    ]
    assert refusal("person", PERSON[:DELETED] + byte + PERSON[DELETED + 1 :]) == "AVRO_BROKEN"


@pytest.mark.parametrize("place", [b"\x01", b"\x06", b"\x05", MANY, LEAST])
def test_an_enum_has_the_places_of_its_symbols(place: bytes) -> None:
    changed = PERSON[:AUTHORITY] + place + PERSON[AUTHORITY + 1 :]

    assert refusal("person", changed) == "AVRO_BROKEN"


@pytest.mark.parametrize("branch", [b"\x01", b"\x03", b"\x04", MANY, LEAST])
def test_a_union_has_the_places_of_its_branches(branch: bytes) -> None:
    assert refusal("person", PERSON[:-1] + branch) == "AVRO_BROKEN"
    assert refusal("person", PERSON[:-1] + branch + b"\x00" * 3) == "AVRO_BROKEN"


def test_a_text_that_is_not_utf_8_is_set_aside() -> None:
    assert refusal("set_aside", b"\x02\xff" + ASIDE[1:]) == "AVRO_BROKEN"


def test_an_id_that_was_never_released_is_set_aside() -> None:
    with pytest.raises(SetAside) as aside:
        decode(frame(999_999, PERSON))

    assert aside.value.code == "AVRO_SCHEMA"
    assert "999999" in str(aside.value)


@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=200), record=st.sampled_from(RECORDS))
def test_any_bytes_are_a_record_or_set_aside(body: bytes, record: str) -> None:
    value = frame(load()[record].id, body)

    assert answered(record, value) in (value, "AVRO_BROKEN")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_one_byte_changed_is_another_record_or_set_aside(
    values_of: Values, data: st.DataObject
) -> None:
    record = data.draw(st.sampled_from(RECORDS))
    value = bytearray(encode(record, data.draw(values_of(load()[record]))))
    at = data.draw(st.integers(5, len(value) - 1))
    value[at] ^= data.draw(st.integers(1, 255))

    assert answered(record, bytes(value)) in (bytes(value), "AVRO_BROKEN")


def test_a_refusal_shows_no_byte_of_the_record() -> None:
    body = encode("set_aside", {"found": "MARTIN"})[5:] + b"\x00"

    with pytest.raises(SetAside) as aside:
        decode(frame(load()["set_aside"].id, body))

    assert "MARTIN" not in str(aside.value)
