"""Avro bytes written as text equal those of fastavro, whatever the value."""

from __future__ import annotations

import io
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.mapping.assembly import LOWEST, Rest, encoder, long
from preau.mapping.avro_type import read_type

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
LONGS = st.integers(-(2**63), 2**63 - 1) | st.integers(-70000, 70000)


def reference(schema: Any, value: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


def ours(schema: Any, value: object) -> bytes:
    return encoder(read_type(schema))(value).encode("latin-1")


@given(LONGS)
def test_a_number_is_written_as_fastavro_writes_it(value: int) -> None:
    assert ours("long", value) == reference("long", value)


@given(st.integers(8192, 2**63 - 1))
def test_a_number_cut_in_two_is_the_same_number(value: int) -> None:
    assert LOWEST[value & 8191] + Rest()[value >> 13] == long(value)


@given(TEXTS)
def test_a_text_is_written_as_fastavro_writes_it(value: str) -> None:
    assert ours("string", value) == reference("string", value)


@pytest.mark.parametrize("size", [63, 64, 4095, 4096, 8191, 8192, 8193, 1_000_000])
@pytest.mark.parametrize("letter", ["a", "é", "\U0001f600", "\x00"])
def test_a_text_of_any_length_is_written_as_fastavro_writes_it(size: int, letter: str) -> None:
    assert ours("string", letter * size) == reference("string", letter * size)


@given(st.lists(TEXTS | st.none()))
def test_a_list_with_holes_is_written_as_fastavro_writes_it(value: list[str | None]) -> None:
    schema = {"type": "array", "items": ["null", "string"]}

    assert ours(schema, value) == reference(schema, value)


@given(st.none() | st.fixed_dictionaries({"a": TEXTS, "b": st.booleans() | st.none(), "c": LONGS}))
def test_a_record_in_a_union_is_written_as_fastavro_writes_it(value: object) -> None:
    fields = [
        {"name": "a", "type": "string"},
        {"name": "b", "type": ["boolean", "null"]},
        {"name": "c", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ]
    schema = ["null", {"type": "record", "name": "R", "fields": fields}]

    assert ours(schema, value) == reference(schema, value)
