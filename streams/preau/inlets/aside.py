"""A record of a file that its reader could not read: the `set_aside.v1` that says why.

The file's name may name a person, so the file is told by the first 16 hexadecimal digits of its
SHA-256, which the report beside the file repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from preau.errors import SetAside
from preau.ids import event_id
from preau.inlets.intake import Intake, Speaker

TOPIC = "preau.setaside."
Encode = Callable[[str, dict[str, Any]], bytes]
"""Record name and fields → a framed Avro value (`preau.canon.codec.encode`)."""


def aside(
    speaker: Speaker,
    file: str,
    path: str,
    event: str | None,
    why: SetAside,
    now_ms: int,
    encode: Encode,
) -> Intake:
    """The record for `preau.setaside.<connector>`; the same id each time the file is read."""
    told = why.complaint
    identity = event_id(speaker.instance, file, f"{path}:{told.code}")
    value = encode(
        "set_aside",
        {
            "event_id": identity,
            "instance": speaker.instance,
            "connector": speaker.connector,
            "event": event or "",
            "code": told.code,
            "field": told.where.field or "",
            "found": told.what,
            "known": list(told.known),
            "fix": told.fix,
            "topic": "",
            "partition": -1,
            "offset": -1,
            "path": f"{file[:16]} {path}",
            "at": now_ms,
        },
    )
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", identity.encode()),
        ("ce_source", f"urn:preau:{speaker.instance}".encode()),
        ("ce_type", b"fr.preau.set_aside.v1"),
        ("content-type", b"application/avro"),
    ]
    return Intake(TOPIC + speaker.connector, speaker.instance.encode(), value, headers)
