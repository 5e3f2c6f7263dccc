"""One record for `preau.intake.<connector>`: the bytes as received, their order key, their headers.

The key decides what stays in order: events with one key are worked one after the other. It and the
headers outlive the person they speak of, so a value that does not look like an opaque id (an
e-mail, a name) is replaced by its SHA-256.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from preau.errors import Place, SetAside
from preau.ids import digest
from preau.inlets.publishing import NOTHING, Publishing, check_event
from preau.mapping.paths import follow, parse_path
from preau.readers.dropped_file import DroppedFile

INTAKE = "preau.intake."
#: Kafka refuses a record above 1,048,588 bytes (headers included).
MAX_RECORD = 1_000_000
_OPAQUE = re.compile(r"[A-Za-z0-9_.:$/-]{1,100}")
_ID = re.compile(r"[\x20-\x7e]{1,255}")
_NAME = re.compile(r"[\x21-\x7e]{1,200}")
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class Speaker(NamedTuple):
    """One instance as an inlet sees it: who speaks, and what its connector's card says of events.

    `order` and `event_id` are paths into an event; `ways_in` holds `http` and `file`; `academy` is
    the instance's, two digits, for files that do not say theirs; `states`: its files are full
    states, to be compared with the last, and not events. `event` is the path of the event's name,
    `may` what its mandates let it publish: nothing, unless it is said; `dropped` are the
    tables that it may drop besides.
    """

    instance: str
    connector: str
    order: tuple[str, ...] = ()
    event_id: str | None = None
    reader: str = "json"
    ways_in: tuple[str, ...] = ("http", "file")
    academy: str | None = None
    states: bool = False
    event: str | None = None
    may: Publishing = NOTHING
    dropped: tuple[DroppedFile, ...] = ()


class Heard(NamedTuple):
    """One event as an inlet understood it; `values` are the plain values of `body` (JSON)."""

    body: bytes
    values: object
    event: str | None = None
    vendor_event_id: str | None = None
    path: str = ""
    traceparent: str | None = None


class Intake(NamedTuple):
    """One record to write, field for field what the broker's `Output` is."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Accepted(NamedTuple):
    """What to write, and the id under which the vendor may ask about it."""

    id: str
    intake: Intake


def may_say(speaker: Speaker, heard: Heard) -> None:
    """Raises `SetAside` when no mandate lets the speaker publish this event."""
    check_event(speaker.may, heard.event or _found(speaker.event, heard.values), heard.values)


def accepted(speaker: Speaker, heard: Heard, now_ms: int) -> Accepted:
    """The record of one event; raises `SetAside` when its id or name cannot stand in a header."""
    if len(heard.body) > MAX_RECORD:
        what = f"one event of {len(heard.body)} bytes"
        known = (f"at most {MAX_RECORD} bytes",)
        raise SetAside("EVENT_SIZE", what, known=known, fix="send a link, or several events")
    vendor_id = heard.vendor_event_id or _found(speaker.event_id, heard.values)
    headers = [("instance", speaker.instance.encode()), ("received_at", str(now_ms).encode())]
    if heard.event is not None:
        headers.append(("event", _checked(_NAME, heard.event, "EVENT_NAME", "type")))
    if vendor_id:
        field = speaker.event_id or "id"
        headers.append(("vendor_event_id", _checked(_ID, vendor_id, "EVENT_ID", field)))
    if heard.path:
        headers += [("reader", b"json"), ("path", heard.path.encode())]
    if heard.traceparent and _TRACE.fullmatch(heard.traceparent):
        headers.append(("traceparent", heard.traceparent.encode()))
    intake = Intake(
        INTAKE + speaker.connector, order_key(speaker, heard.values), heard.body, headers
    )
    return Accepted(vendor_id or digest(heard.body), intake)


def order_key(speaker: Speaker, values: object) -> bytes:
    """The instance and the first of the card's `order` paths that is there; else the instance."""
    for path in speaker.order:
        if found := _found(path, values):
            return object_key(speaker.instance, found)
    return speaker.instance.encode()


def object_key(instance: str, id_: str) -> bytes:
    """The order key of one object: its id, or the SHA-256 of an id that does not look opaque."""
    part = id_ if _OPAQUE.fullmatch(id_) else digest(id_.encode())
    return f"{instance}/{part}".encode()


def _found(path: str | None, values: object) -> str | None:
    """The text or whole number at a path, as text."""
    if path is None:
        return None
    value = follow(values, parse_path(path).steps)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)


def _checked(form: re.Pattern[str], text: str, code: str, field: str) -> bytes:
    if not form.fullmatch(text):
        what = f"text of {len(text)} characters, not all of them allowed"
        fix = "use printable ASCII characters, 200 at most for a name, 255 for an id"
        raise SetAside(code, what, where=Place(field=field), fix=fix)
    return text.encode()
