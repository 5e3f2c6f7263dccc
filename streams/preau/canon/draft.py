"""One canonical record as the mapping leaves it: everything but the seal."""

from __future__ import annotations

from typing import NamedTuple


class Draft(NamedTuple):
    """A record in Avro whose personal part is still in clear; the same input gives the same draft.

    `key` is the Kafka key; `subject` is `<instance>/<source id>`, whose key of the hub seals `pii`;
    `occurred_at` is in milliseconds since 1970. `head` is the whole record in Avro, except, when
    `sealable`, its last field, the seal. `pii` is the personal record in Avro, None when it says
    nothing.
    """

    record: str
    schema_id: int
    key: bytes
    subject: str
    event_id: str
    occurred_at: int
    instance: str
    head: bytes
    pii: bytes | None
    sealable: bool
