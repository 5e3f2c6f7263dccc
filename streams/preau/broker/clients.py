"""The settings of every confluent-kafka client in the hub, and a lint that refuses unsafe ones.

The values are those measured in the performance notes: with librdkafka's default
`fetch.queue.backoff.ms` (1,000) the same loop is 18 times slower. Names and units:
librdkafka, CONFIGURATION.md (milliseconds and bytes, except `*.kbytes`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Literal

from preau.errors import Place, Stop

Settings = dict[str, str | int | bool | logging.Logger]
Overrides = Mapping[str, str | int | bool]

_PRODUCER: Settings = {
    "acks": "all",
    "enable.idempotence": True,
    "linger.ms": 5,
    "batch.size": 1_000_000,
    "compression.type": "lz4",
    "partitioner": "murmur2_random",  # Java's: one key, one partition, whoever writes
    "queue.buffering.max.messages": 200_000,
    "delivery.report.only.error": True,
    "message.timeout.ms": 30_000,
}
_CONSUMER: Settings = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "isolation.level": "read_committed",
    "check.crcs": True,
    "partition.assignment.strategy": "cooperative-sticky",
    "fetch.queue.backoff.ms": 5,
    "queued.min.messages": 5_000,
    "queued.max.messages.kbytes": 65_536,
    "fetch.message.max.bytes": 4_194_304,
    "session.timeout.ms": 45_000,
    "max.poll.interval.ms": 300_000,
    "topic.metadata.refresh.interval.ms": 10_000,  # a new instance's topic joins a pattern so soon
}
_REQUIRED: dict[str, tuple[str, str]] = {
    "acks": ("all", "an acknowledged record could be lost with one broker"),
    "request.required.acks": ("all", "an acknowledged record could be lost with one broker"),
    "enable.idempotence": ("true", "a retry could double or reorder records"),
    "partitioner": ("murmur2_random", "two clients would put one key on two partitions"),
    "enable.auto.commit": ("false", "an offset could be committed before its outputs are written"),
    "enable.auto.offset.store": ("false", "an offset could be committed before its outputs"),
    "isolation.level": ("read_committed", "aborted records would be read"),
    "check.crcs": ("true", "bytes that changed on disk would be read as good"),
    "allow.auto.create.topics": ("false", "a topic would exist with unchecked settings"),
}
_RESETS = ("earliest", "error")
_SAME = {"-1": "all", "smallest": "earliest", "beginning": "earliest"}


def producer_settings(bootstrap: str, overrides: Overrides | None = None) -> Settings:
    """For `confluent_kafka.Producer`; raises `Stop` naming an override that is unsafe.

    Only failed deliveries are reported: give `on_delivery`, and never trust `flush() == 0` alone.
    """
    return _with(bootstrap, _PRODUCER, overrides or {})


def consumer_settings(
    bootstrap: str,
    group: str,
    overrides: Overrides | None = None,
    start: Literal["earliest", "error"] = "earliest",
) -> Settings:
    """For `confluent_kafka.Consumer`; raises `Stop` naming an override that is unsafe.

    `start` is where a partition without a committed offset begins: `earliest` repeats (harmless,
    every effect is idempotent), `error` raises; `latest` would skip records in silence.
    """
    own: Settings = {"group.id": group, "auto.offset.reset": start}
    return _with(bootstrap, {**_CONSUMER, **own}, overrides or {})


def lint(settings: Mapping[str, str | int | bool | logging.Logger]) -> None:
    """Raises `Stop` (UNSAFE_SETTING) naming the first setting that could lose or double records."""
    for name, value in settings.items():
        found = _text(value)
        if name in _REQUIRED and found != _REQUIRED[name][0]:
            required, why = _REQUIRED[name]
            raise _unsafe(name, found, (required,), why)
        if name == "auto.offset.reset" and found not in _RESETS:
            raise _unsafe(name, found, _RESETS, "records would be skipped in silence")
        if name == "max.in.flight.requests.per.connection" and int(found) > 5:  # noqa: PLR2004
            raise _unsafe(name, found, ("1 to 5",), "idempotence holds for five requests at most")


def _with(bootstrap: str, settings: Settings, overrides: Overrides) -> Settings:
    lint(overrides)
    # librdkafka's own words go to this program's log, not straight to stderr
    logger = logging.getLogger("kafka.client")
    return {"bootstrap.servers": bootstrap, "logger": logger, **settings, **overrides}


def _text(value: object) -> str:
    text = str(value).lower()
    return _SAME.get(text, text)


def _unsafe(name: str, found: str, required: tuple[str, ...], why: str) -> Stop:
    return Stop(
        "UNSAFE_SETTING",
        f"{name} is {found}, {' or '.join(required)} is required: {why}",
        where=Place(field=name),
        known=required,
        fix="leave this setting out",
    )
