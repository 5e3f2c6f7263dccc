"""Reads topics from their beginning to their present end, once, beside the work of any group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import confluent_kafka as ck

from preau.broker.clients import consumer_settings
from preau.broker.records import Arrival, arrival
from preau.errors import Place, TryAgain

BATCH = 1_000
_GROUP = "preau-backlog"  # asked for by the client; nothing is ever committed under it
_SILENCE_S = 30.0
Message = Any
"""A `ck.Message`; its types leave open what is there in one without an error."""


class Timed(NamedTuple):
    """A record, and when Kafka took it (ms since 1970)."""

    arrival: Arrival
    at: int


class Backlog:
    """What lies in Kafka; each call reads with a client of its own, and nothing is committed.

    Every method raises `TryAgain` (KAFKA_READ) when Kafka does not answer.
    """

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    def read(self, topics: Sequence[str]) -> Iterator[list[Arrival]]:
        """Every record of these topics (names, or one regular expression that begins with `^`).

        Records of one key come in their order. What is written meanwhile may be left out.
        """
        with self._client() as consumer:
            found = _partitions(consumer, topics)
            places = [ck.TopicPartition(*place, ck.OFFSET_BEGINNING) for place in found]
            for batch in _until_end(consumer, places):
                yield [arrival(message) for message in batch]

    def partitions(self, topics: Sequence[str]) -> list[tuple[str, int]]:
        """The partitions of these topics, those that exist."""
        with self._client() as consumer:
            return list(_partitions(consumer, topics))

    def partition(self, topic: str, partition: int, start: int = 0) -> Iterator[Timed]:
        """The records of one partition from an offset to its present end."""
        with self._client() as consumer:
            place = ck.TopicPartition(topic, partition, start)
            place.offset = max(start, consumer.get_watermark_offsets(place, _SILENCE_S)[0])
            for batch in _until_end(consumer, [place]):
                for message in batch:
                    yield Timed(arrival(message), message.timestamp()[1])

    def _client(self) -> closing[ck.Consumer]:
        settings = consumer_settings(self._bootstrap, _GROUP, {"enable.partition.eof": True})
        return closing(ck.Consumer(settings))


def _partitions(consumer: ck.Consumer, topics: Sequence[str]) -> Iterator[tuple[str, int]]:
    try:
        known = consumer.list_topics(timeout=_SILENCE_S).topics
    except ck.KafkaException as error:
        raise _unread(f"Kafka did not name its topics: {error.args[0].name()}") from error
    for name, topic in sorted(known.items()):
        if any(re.match(t, name) if t.startswith("^") else t == name for t in topics):
            for partition in sorted(topic.partitions):
                yield name, partition


def _until_end(consumer: ck.Consumer, places: list[ck.TopicPartition]) -> Iterator[list[Message]]:
    consumer.assign(places)
    ended = 0
    while ended < len(places):
        first = consumer.poll(_SILENCE_S)
        if first is None:
            raise _unread(f"nothing came for {_SILENCE_S:.0f} s")
        batch = (first, *consumer.consume(BATCH - 1, 0))
        ended += sum(_is_end(message) for message in batch)
        if records := [message for message in batch if message.error() is None]:
            yield records


def _is_end(message: Message) -> bool:
    """True for the mark of a partition's end; raises for any other fault."""
    error = message.error()
    if error is None:
        return False
    if error.code() == ck.KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
        return True
    raise _unread(f"Kafka refused a read: {error.name()}")


def _unread(what: str) -> TryAgain:
    fix = "see that Kafka is well (preau serve, /health), then run the same command again"
    return TryAgain("KAFKA_READ", what, where=Place(field="PREAU_KAFKA"), fix=fix)
