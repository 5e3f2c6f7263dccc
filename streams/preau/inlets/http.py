"""What one HTTP request says, as records to write: CloudEvents or a vendor's own body. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from preau.errors import Place, SetAside
from preau.inlets import cloudevents
from preau.inlets.intake import Accepted, Heard, Speaker, accepted, may_say
from preau.readers import json_guard

#: Bytes of a batch (1 MiB) and of one event, in a batch or alone (256 KiB).
MAX_BATCH = 1_048_576
MAX_EVENT = json_guard.MAX_BYTES
MAX_EVENTS = 5_000


class Refused(NamedTuple):
    """One event of a batch that was not accepted, with its place in the batch (from 0)."""

    place: int
    id: str | None
    why: SetAside


class Batch(NamedTuple):
    """What became of each event of a batch: `accepted` holds (index, what to write)."""

    accepted: list[tuple[int, Accepted]]
    refused: list[Refused]


class Request(NamedTuple):
    """The part of a request that matters here; header names are in lower case."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]

    @property
    def kind(self) -> str:
        """The media type without parameters, in lower case."""
        return self.content_type.partition(";")[0].strip().lower()


def own_body(speaker: Speaker, request: Request, now_ms: int) -> Accepted:
    """A vendor's own event, byte for byte; raises `SetAside` with the reason."""
    _require_json(request.content_type)
    values = json_guard.read(request.body, MAX_EVENT)
    if not isinstance(values, dict):
        fix = "send one event as one JSON object"
        raise SetAside("JSON_NOT_EVENTS", "the body is not a JSON object", fix=fix)
    trace = request.headers.get("traceparent")
    heard = Heard(request.body, values, traceparent=trace)
    may_say(speaker, heard)
    return accepted(speaker, heard, now_ms)


def one_event(speaker: Speaker, request: Request, now_ms: int) -> Accepted:
    """One CloudEvent, structured or binary; raises `SetAside` with the reason."""
    if request.kind == cloudevents.ONE:
        _require_json(request.content_type)
        values = json_guard.read(request.body, MAX_EVENT)
        heard = cloudevents.structured(values, speaker.instance)
    elif "ce-specversion" in request.headers:
        _require_json(request.content_type)
        values = json_guard.read(request.body, MAX_EVENT)
        heard = cloudevents.binary(
            request.headers, request.content_type, request.body, values, speaker.instance
        )
    else:
        raise _type_unknown()
    may_say(speaker, heard)
    trace = heard.traceparent or request.headers.get("traceparent")
    return accepted(speaker, heard._replace(traceparent=trace), now_ms)


def events(speaker: Speaker, request: Request, now_ms: int) -> Batch:
    """A batch of CloudEvents: each is accepted or refused by itself.

    Raises `SetAside` when the batch as a whole cannot be read.
    """
    _require_json(request.content_type)
    values = json_guard.read(request.body, MAX_BATCH)
    if not isinstance(values, list):
        raise SetAside("CE_FORM", "the batch is not a JSON array", fix="send [event, event, …]")
    if len(values) > MAX_EVENTS:
        known = (f"at most {MAX_EVENTS} events",)
        raise SetAside(
            "BATCH_SIZE", f"{len(values)} events", known=known, fix="send several batches"
        )
    batch = Batch([], [])
    for index, value in enumerate(values):
        try:
            made = _of_batch(speaker, value, now_ms)
            batch.accepted.append((index, made))
        except SetAside as why:
            batch.refused.append(Refused(index, _id_of(value), why))
    return batch


def _of_batch(speaker: Speaker, value: object, now_ms: int) -> Accepted:
    heard = cloudevents.structured(value, speaker.instance)
    if len(heard.body) > MAX_EVENT:
        known = (f"at most {MAX_EVENT} bytes",)
        what = f"one event of {len(heard.body)} bytes"
        raise SetAside("EVENT_SIZE", what, known=known, fix="send a link, or several events")
    may_say(speaker, heard)
    return accepted(speaker, heard, now_ms)


def _id_of(value: object) -> str | None:
    """The event's id, when it is one that may be said back."""
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) and len(found) <= 255 else None  # noqa: PLR2004


def _require_json(content_type: str) -> None:
    if not cloudevents.is_json(content_type):
        raise _type_unknown()


def _type_unknown() -> SetAside:
    return SetAside(
        "CONTENT_TYPE",
        "the Content-Type is not one that is read here",
        where=Place(field="Content-Type"),
        known=(
            cloudevents.ONE,
            cloudevents.BATCH,
            "application/json with ce-specversion: 1.0 (at /v1/events)",
            "application/json (at /v1/intake/<instance>)",
        ),
        fix="send JSON in UTF-8 and say so in Content-Type",
    )
