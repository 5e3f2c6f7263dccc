"""One record of an intake topic as the mapping engine hears it: its bytes and what headers say."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from preau.broker.records import Arrival
from preau.errors import SetAside, Stop
from preau.ids import instance_name
from preau.mapping.refusal import Unfit
from preau.mapping.said import Said
from preau.readers import json_guard

Value = TypeVar("Value")
_new = tuple.__new__
_REMEMBERED = 4096
_TRACE = 55  # bytes of a traceparent
_LONGEST = 400  # bytes of a header; the inlets write 255 at most
_YEAR_10000_MS = 253_402_300_800_000
_FIX = "see what else than the hub's inlets writes to this topic"
_NUL = b"\\u0000"


def said_of(arrival: Arrival) -> Said:
    """What was said; raises `Unfit` when a header is missing or unreadable, or there are no bytes.

    The headers are those of `preau.inlets.intake`.
    """
    headers, body = arrival.headers, arrival.value
    if body is None:
        raise Unfit("NO_BYTES", "nothing", fix=_FIX)
    if _NUL in body:
        _guarded(body)
    said = (
        _header(headers, "instance", _instance),
        _header(headers, "event", _name) if "event" in headers else None,
        _header(headers, "vendor_event_id", _text) if "vendor_event_id" in headers else None,
        body,
        _header(headers, "received_at", _moment),
        arrival.topic,
        arrival.partition,
        arrival.offset,
        (_header(headers, "path", _text) or "") if "path" in headers else "",
    )
    return _new(Said, said)  # a third of the time of its constructor, once per event


def unheard(arrival: Arrival) -> Said:
    """What can be told of a record that cannot be heard: where it lies, who spoke if known."""
    try:
        instance = _header(arrival.headers, "instance", _instance)
    except Unfit:
        instance = ""
    body = arrival.value or b""
    return Said(instance, None, None, body, 0, arrival.topic, arrival.partition, arrival.offset, "")


def trace_of(arrival: Arrival) -> bytes | None:
    """The trace to pass on (W3C Trace Context, version 00), None when there is none."""
    raw = arrival.headers.get("traceparent")
    return raw if raw is not None and len(raw) == _TRACE else None


def _header(headers: dict[str, bytes], name: str, read: Callable[[bytes | None], Value]) -> Value:
    raw = headers.get(name)
    try:
        return read(raw)
    except (Stop, ValueError):
        found = "nothing" if raw is None else f"{len(raw)} bytes"
        raise Unfit("INTAKE_HEADER", found, fix=_FIX, field=f"header {name}") from None


@lru_cache(_REMEMBERED)
def _instance(raw: bytes | None) -> str:
    return instance_name("" if raw is None else raw.decode("ascii"))


@lru_cache(_REMEMBERED)
def _name(raw: bytes | None) -> str | None:
    return _text(raw)


def _text(raw: bytes | None) -> str | None:
    if raw is None:
        return None
    if len(raw) > _LONGEST or b"\0" in raw:
        raise ValueError(len(raw))
    return raw.decode()


@lru_cache(_REMEMBERED)
def _moment(raw: bytes | None) -> int:
    if raw is None or not raw.isdigit() or len(raw) > _LONGEST:
        raise ValueError(raw)
    moment = int(raw)
    if moment >= _YEAR_10000_MS:
        raise ValueError(moment)
    return moment


def _guarded(body: bytes) -> None:
    """NUL is kept out at the door, and here again: PostgreSQL takes it in no text."""
    try:
        json_guard.check(body)
    except SetAside as error:
        told = error.complaint
        raise Unfit(told.code, told.what, known=told.known, fix=told.fix) from None
