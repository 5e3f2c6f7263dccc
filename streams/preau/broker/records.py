"""What comes from Kafka and what goes to it, as plain tuples that a step can be tested with."""

from __future__ import annotations

from typing import NamedTuple


class Arrival(NamedTuple):
    """One record read; `key` and `value` as they lie in Kafka, a null value is a tombstone."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


class Output(NamedTuple):
    """One record to write; the partition follows from the key (murmur2)."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]
