"""What surrounds a canonical record in Kafka: CloudEvents 1.0 attributes as headers, binary mode.

Source: the CloudEvents specification 1.0.2 and its Kafka protocol binding §3.2. No header ever
holds anything personal.
"""

from __future__ import annotations

import time

from preau.canon.draft import Draft

CONTENT_TYPE = b"application/avro"
Headers = list[tuple[str, bytes]]
_SECONDS: dict[int, str] = {}
_REMEMBERED = 50_000
_STEADY: dict[tuple[str, str], tuple[tuple[str, bytes], tuple[str, bytes]]] = {}
_SPEC = ("ce_specversion", b"1.0")
_TYPE = ("content-type", CONTENT_TYPE)


def headers(draft: Draft, traceparent: bytes | None = None) -> Headers:
    """The headers of a canonical record that a connector gave."""
    return header_list(draft.record, draft.instance, draft.event_id, draft.occurred_at, traceparent)


def header_list(
    record: str, instance: str, event_id: str, at_ms: int, traceparent: bytes | None = None
) -> Headers:
    """The headers of any record; `at_ms` in milliseconds since 1970."""
    steady = _STEADY.get((record, instance))
    if steady is None:
        steady = (
            ("ce_source", f"urn:preau:{instance}".encode()),
            ("ce_type", f"fr.preau.{record}.v1".encode()),
        )
        if len(_STEADY) > _REMEMBERED:
            _STEADY.clear()
        _STEADY[(record, instance)] = steady
    source, kind = steady
    moment = ("ce_time", rfc3339(at_ms).encode())
    made = [("ce_id", event_id.encode()), source, kind, moment, _SPEC, _TYPE]
    if traceparent is not None:
        made.append(("traceparent", traceparent))
    return made


def rfc3339(at_ms: int) -> str:
    """An instant as `2026-10-12T08:30:00.000Z`; instants of one second share their text."""
    seconds, ms = divmod(at_ms, 1000)
    text = _SECONDS.get(seconds)
    if text is None:
        if len(_SECONDS) > _REMEMBERED:
            _SECONDS.clear()
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        _SECONDS[seconds] = text
    return f"{text}.{ms:03}Z"
