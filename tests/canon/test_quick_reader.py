"""What the quick reader reads is what the library reads, and it reads all that the hub writes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from preau.canon.codec import encode
from preau.canon.quick_reader import quick_reader
from preau.canon.schemas import Schema, load

Values = Callable[[Schema], st.SearchStrategy[dict[str, Any]]]
SLOW = {"delivery"}
"""Records of which some part may be of several kinds: the library reads them."""
QUICK = sorted(load().keys() - SLOW)
READERS = {record: quick_reader(load()[record].plain) for record in QUICK}


def quickly(record: str, body: bytes) -> dict[str, Any] | None:
    """What it reads, None when it declines, in whatever way."""
    read = READERS[record]
    assert read is not None
    try:
        return read(body)
    except Exception:
        return None


def by_the_library(record: str, body: bytes) -> dict[str, Any] | None:
    """What the library reads, None for bytes that it would not write."""
    schema, out = load()[record].plain, io.BytesIO()
    try:
        value: Any = fastavro.schemaless_reader(io.BytesIO(body), schema, None)
        fastavro.schemaless_writer(out, schema, value)
    except Exception:
        return None
    return value if out.getvalue() == body else None


@pytest.mark.parametrize("record", sorted(load()))
def test_every_record_has_a_quick_reader_but_those_that_are_named(record: str) -> None:
    assert (quick_reader(load()[record].plain) is None) == (record in SLOW)


@pytest.mark.parametrize("record", QUICK)
def test_a_record_that_says_nothing_is_read_quickly(record: str) -> None:
    body = encode(record, {})[5:]
    read = quickly(record, body)

    assert read == by_the_library(record, body) != None  # noqa: E711 - both were read
    assert list(read or ()) == [field["name"] for field in load()[record].raw["fields"]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_all_that_the_hub_writes_is_read_quickly(values_of: Values, data: st.DataObject) -> None:
    record = data.draw(st.sampled_from(QUICK))
    said = data.draw(values_of(load()[record]))

    assert quickly(record, encode(record, said)[5:]) == said


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_bytes_are_read_as_the_library_reads_them(
    values_of: Values, data: st.DataObject
) -> None:
    record = data.draw(st.sampled_from(QUICK))
    body = bytearray(encode(record, data.draw(values_of(load()[record])))[5:])
    at = data.draw(st.integers(0, len(body) - 1))
    body[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=12))

    assert quickly(record, bytes(body)) == by_the_library(record, bytes(body))


@settings(max_examples=300, deadline=None)
@given(body=st.binary(max_size=60), record=st.sampled_from(QUICK))
@example(body=b"", record="person.pii")
def test_any_bytes_are_read_as_the_library_reads_them(body: bytes, record: str) -> None:
    assert quickly(record, body) == by_the_library(record, body)


def one(kind: Any) -> Any:
    """A record of one field, as fastavro parses it."""
    field = {"name": "value", "type": kind}
    return fastavro.parse_schema({"type": "record", "name": "one", "fields": [field]})


@pytest.mark.parametrize(
    "body",
    [
        *(b"\x00", b"\x01", b"\x7f", b"\x80\x01", b"\xff\xff\xff\xff\x0f"),
        *(b"\xfe" + b"\xff" * 8 + b"\x01", b"\xff" * 9 + b"\x01"),
    ],
)
@pytest.mark.parametrize("kind", ["long", "int"])
def test_a_number_of_any_size_is_read(body: bytes, kind: str) -> None:
    schema = one(kind)
    read = quick_reader(schema)
    assert read is not None
    assert read(body) == fastavro.schemaless_reader(io.BytesIO(body), schema, None)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        *(("long", b"\x80\x00"), ("long", b"\xff" * 9 + b"\x02"), ("long", b"\x80" * 11 + b"\x01")),
        *(("boolean", b"\x02"), ("string", b"\x04a")),
        *(("string", b"\x02\xff"), ("bytes", b"\x01"), (["null", "string"], b"\x04")),
        ({"type": "array", "items": "long"}, b"\x04\x02\x02"),  # without its end
        ({"type": "array", "items": "long"}, b"\x03\x04\x02\x02\x00"),  # with its size in bytes
        ({"type": "array", "items": "long"}, b"\x02\x02\x02\x02\x00"),  # in two blocks
        ({"type": "enum", "name": "e", "symbols": ["A", "B"]}, b"\x04"),
        ({"type": "enum", "name": "e", "symbols": ["A", "B"]}, b"\x01"),
    ],
)
def test_what_the_writer_does_not_write_is_declined(kind: Any, body: bytes) -> None:
    read = quick_reader(one(kind))
    assert read is not None
    with pytest.raises(Exception):  # noqa: B017, PT011 - in whatever way
        read(body)


@pytest.mark.parametrize(
    "kind",
    ["float", {"type": "map", "values": "long"}, ["null", "string", "long"], ["long", "null"]],
)
def test_a_schema_without_a_quick_form_is_for_the_library(kind: Any) -> None:
    assert quick_reader(one(kind)) is None
