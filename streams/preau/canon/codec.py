"""Canonical records to bytes and back, by the reference Avro library.

The hot path has its own encoder (`preau.mapping`), proven equal to this one.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import fastavro

from preau.canon.quick_reader import Read, quick_reader
from preau.canon.schemas import Schema, load, released
from preau.canon.wire import frame, unframe
from preau.errors import Place, SetAside


class Decoded(NamedTuple):
    """A record read: its name, the schema it was written with, its fields as plain values.

    Dates are days, instants milliseconds since 1970, unless they were asked for as dates.
    """

    record: str
    schema_id: int
    value: dict[str, Any]


def encode(record: str, fields: Mapping[str, Any]) -> bytes:
    """The framed bytes; raises `ValueError` for a field that the schema does not have."""
    schema = load()[record]
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema.parsed, dict(fields), strict_allow_default=True)
    return frame(schema.id, out.getvalue())


def decode(value: bytes, *, dates: bool = False) -> Decoded:
    """A record written by this release or any before it, under the schema in force.

    Raises `SetAside` for an unknown schema (AVRO_SCHEMA), and for anything but the one way in which
    the hub writes that record (AVRO_BROKEN): bytes that end too early or too late, over-long
    numbers, a truth value that is neither 0 nor 1, a branch or symbol counted from the end.
    """
    number, body = unframe(value)
    written = released().get(number)
    if written is None:
        raise SetAside(
            "AVRO_SCHEMA",
            f"no schema was released under the id {number}",
            where=Place(file="schemas/avro/ids.json"),
            fix="a newer Préau wrote this, or something else did",
        )
    reader = load()[written.name]
    return Decoded(written.name, number, _read(body, written, reader, dates=dates))


def read_as(value: bytes, number: int) -> dict[str, Any]:
    """The same record as a reader of another release reads it, by that schema's id.

    Raises `SetAside` for bytes that are no record, `KeyError` for an id that was never released.
    """
    written, body = unframe(value)
    return _read(body, released()[written], released()[number], dates=False)


def read_inner(record: str, body: bytes, *, dates: bool = False) -> dict[str, Any]:
    """The personal part of a record, opened: Avro without a frame; raises `SetAside`."""
    schema = load()[f"{record}.pii"]
    return _read(body, schema, schema, dates=dates)


def _read(body: bytes, written: Schema, reader: Schema, *, dates: bool) -> dict[str, Any]:
    if not dates and written.id == reader.id and (quick := _quick(written.id)) is not None:
        try:
            return quick(body)
        except Exception:  # noqa: S110 - whatever it is, the library says what the bytes are
            pass
    try:
        value: Any = fastavro.schemaless_reader(io.BytesIO(body), written.plain, None)
        # the library reads much that no writer writes; what is not written back alike is not ours
        sound = _written(written, value) == body
        if sound and (dates or written.id != reader.id):
            forms = (written.parsed, reader.parsed) if dates else (written.plain, reader.plain)
            value = fastavro.schemaless_reader(io.BytesIO(body), *forms)
    except Exception as error:
        # whatever the library says of broken bytes (EOFError, IndexError, UnicodeDecodeError …)
        raise _broken(written, f"{len(body)} bytes that Avro refuses") from error
    if not sound or not isinstance(value, dict):
        raise _broken(written, f"{len(body)} bytes that the hub does not write")
    return value


@cache
def _quick(number: int) -> Read | None:
    return quick_reader(released()[number].plain)


def _written(schema: Schema, value: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, schema.plain, value)
    return out.getvalue()


def _broken(schema: Schema, what: str) -> SetAside:
    fix = "see what else writes to this topic; the bytes stay where they are"
    return SetAside("AVRO_BROKEN", what, where=Place(file=schema.subject), fix=fix)
