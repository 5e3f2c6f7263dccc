"""One event as it was received: who said it, its bytes, and where in Kafka they stand."""

from __future__ import annotations

from typing import NamedTuple


class Said(NamedTuple):
    """One vendor event, or one piece of a vendor's file.

    `event` and `vendor_event_id` are known when an inlet knew them; `body` is JSON in UTF-8;
    `received_at` is in milliseconds UTC; `path` is the place inside a file ("record 17"), empty
    for an event that came alone.
    """

    instance: str
    event: str | None
    vendor_event_id: str | None
    body: bytes
    received_at: int
    topic: str
    partition: int
    offset: int
    path: str
