"""Records read again at the very places where they lie: no group, nothing committed."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import confluent_kafka as ck

from preau.broker.clients import consumer_settings
from preau.broker.records import Arrival
from preau.errors import Place, TryAgain

ANSWER_S = 15.0
NEAR = 2_000
"""Records between two wanted ones that are read over; a seek takes as long as some thousands."""


class Spot(NamedTuple):
    """One record's place in Kafka."""

    topic: str
    partition: int
    offset: int


def read_originals(bootstrap: str, spots: Collection[Spot]) -> dict[Spot, Arrival]:
    """The records at these places; those that Kafka has dropped since, or never had, are absent.

    Raises `TryAgain` (KAFKA_READ) when Kafka does not answer.
    """
    found: dict[Spot, Arrival] = {}
    by_part: dict[tuple[str, int], list[int]] = {}
    for spot in sorted(set(spots)):
        by_part.setdefault((spot.topic, spot.partition), []).append(spot.offset)
    with _reader(bootstrap) as reader:
        for (topic, partition), offsets in by_part.items():
            for arrival in _of_partition(reader, topic, partition, offsets):
                found[Spot(*arrival[:3])] = arrival
    return found


def _of_partition(
    reader: ck.Consumer, topic: str, partition: int, offsets: list[int]
) -> Iterator[Arrival]:
    first, end = _bounds(reader, topic, partition)
    wanted = [offset for offset in offsets if first <= offset < end]
    for run in _runs(wanted):
        reader.assign([ck.TopicPartition(topic, partition, run[0])])
        yield from _read_run(reader, run)


def _bounds(reader: ck.Consumer, topic: str, partition: int) -> tuple[int, int]:
    try:
        first, end = reader.get_watermark_offsets(
            ck.TopicPartition(topic, partition), timeout=ANSWER_S, cached=False
        )
    except ck.KafkaException as error:
        code = error.args[0].code()
        if code in {ck.KafkaError.UNKNOWN_TOPIC_OR_PART, ck.KafkaError._UNKNOWN_PARTITION}:  # noqa: SLF001 - librdkafka's own name
            return 0, 0
        raise _unread() from error
    return first, end


def _runs(offsets: list[int]) -> Iterator[list[int]]:
    """Offsets near one another, to be read in one go."""
    run: list[int] = []
    for offset in offsets:
        if run and offset - run[-1] > NEAR:
            yield run
            run = []
        run.append(offset)
    if run:
        yield run


def _read_run(reader: ck.Consumer, run: list[int]) -> Iterator[Arrival]:
    """Until the last of the run, or what comes after it where that one was dropped meanwhile."""
    wanted, last, limit = set(run), run[-1], time.monotonic() + ANSWER_S
    while True:
        for message in reader.consume(500, 0.2):
            record: Any = message  # the client leaves open what is there without an error
            if record.error() is not None:
                raise _unread()
            limit = time.monotonic() + ANSWER_S
            if record.offset() in wanted:
                said = record.key(), record.value(), dict(record.headers() or ())
                yield Arrival(record.topic(), record.partition(), record.offset(), *said)
            if record.offset() >= last:
                return
        if time.monotonic() > limit:
            raise _unread()


@contextmanager
def _reader(bootstrap: str) -> Iterator[ck.Consumer]:
    reader = ck.Consumer(consumer_settings(bootstrap, "preau-originals"))
    try:
        yield reader
    finally:
        reader.close()


def _unread() -> TryAgain:
    fix = "try again: nothing was changed"
    where = Place(field="PREAU_KAFKA")
    return TryAgain("KAFKA_READ", "Kafka did not give the records", where=where, fix=fix)
