"""Canonical records to bytes and back, by the reference Avro library.

The hot path has its own encoder (`preau.mapping`), proven equal to this one.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, NamedTuple

import fastavro

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

    Raises `SetAside` for an unknown schema, for bytes that end too early or too late, and for
    anything else that is not that record.
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


def read_inner(record: str, body: bytes, *, dates: bool = False) -> dict[str, Any]:
    """The personal part of a record, opened: Avro without a frame; raises `SetAside`."""
    schema = load()[f"{record}.pii"]
    return _read(body, schema, schema, dates=dates)


def _read(body: bytes, written: Schema, reader: Schema, *, dates: bool) -> dict[str, Any]:
    stream = io.BytesIO(body)
    forms = (written.parsed, reader.parsed) if dates else (written.plain, reader.plain)
    try:
        # one schema alone is read much faster than one resolved against another
        same = written.id == reader.id
        value = fastavro.schemaless_reader(stream, forms[0], None if same else forms[1])
    except Exception as error:
        # whatever the library says of broken bytes (EOFError, IndexError, UnicodeDecodeError …)
        raise _broken(written, f"{len(body)} bytes that Avro refuses") from error
    if stream.tell() != len(body) or not isinstance(value, dict):
        raise _broken(written, f"{len(body) - stream.tell()} bytes too many")
    return value


def _broken(schema: Schema, what: str) -> SetAside:
    fix = "see what else writes to this topic; the bytes stay where they are"
    return SetAside("AVRO_BROKEN", what, where=Place(file=schema.subject), fix=fix)
