"""Reads what lies in topics now, from one place to the end; joins no group, commits nothing."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Self

import confluent_kafka as ck

from preau.broker.clients import consumer_settings
from preau.broker.records import Arrival
from preau.errors import Place, TryAgain

ANSWER_S = 10.0
_LOOK_S = 0.1
"""Kafka gives a thousand records at a time, or what there is after this long: the end is then seen
at once. A second was most of what an erasure's work took."""
_PATIENCE = 200  # looks without a record: twenty seconds
Spot = tuple[str, int]
"""A topic and one of its partitions."""


class Lookup:
    """One consumer for looking; `close` it, or use it in a `with`."""

    def __init__(self, bootstrap: str) -> None:
        settings = consumer_settings(bootstrap, f"preau-look-{uuid.uuid4()}")
        self._consumer = ck.Consumer(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def ends(self, topics: Collection[str]) -> dict[Spot, int]:
        """The offset after the last record of every partition of those topics that exist."""
        return {at: high for at, (_, high) in self._bounds(topics).items()}

    def records(
        self,
        topics: Collection[str],
        keys: Collection[bytes] | None = None,
        since: Mapping[Spot, int] | None = None,
    ) -> Iterator[Arrival]:
        """What lies in these topics now, in order of each partition; with `keys`, only theirs.

        `since`: only these partitions, each from this offset on. Raises `TryAgain` (KAFKA_AWAY).
        """
        bounds = self._bounds(topics)
        left = {
            at: (max(low, (since or {}).get(at, low)), high)
            for at, (low, high) in bounds.items()
            if since is None or at in since
        }
        left = {at: each for at, each in left.items() if each[0] < each[1]}
        if not left:
            return
        self._consumer.assign([ck.TopicPartition(*at, low) for at, (low, _) in left.items()])
        ends = {at: high for at, (_, high) in left.items()}
        silent = 0
        while ends:
            messages = self._consumer.consume(1_000, _LOOK_S)
            silent = 0 if messages else silent + 1
            if silent > _PATIENCE:
                raise _away("silent")
            for message in messages:
                yield from _wanted(_read(message), keys)
            self._drop_ended(ends)
        self._consumer.unassign()

    def _drop_ended(self, ends: dict[Spot, int]) -> None:
        """Positions tell the end: the last record of a compacted topic may be gone."""
        told = self._consumer.position([ck.TopicPartition(*at) for at in ends])
        for each in told:
            if each.offset >= ends[each.topic, each.partition]:
                del ends[each.topic, each.partition]

    def _bounds(self, topics: Collection[str]) -> dict[Spot, tuple[int, int]]:
        try:
            known = self._consumer.list_topics(timeout=ANSWER_S).topics
            return {
                (name, part): self._consumer.get_watermark_offsets(
                    ck.TopicPartition(name, part), timeout=ANSWER_S
                )
                for name in sorted(set(topics) & known.keys())
                for part in sorted(known[name].partitions)
            }
        except ck.KafkaException as error:
            raise _away(error.args[0].name()) from error


def committed(bootstrap: str, group: str, spots: Collection[Spot]) -> dict[Spot, int]:
    """Up to where a group has worked these partitions; 0 where it has committed nothing."""
    consumer = ck.Consumer(consumer_settings(bootstrap, group))
    try:
        asked = [ck.TopicPartition(*at) for at in sorted(spots)]
        told = consumer.committed(asked, timeout=ANSWER_S) if asked else []
    except ck.KafkaException as error:
        raise _away(error.args[0].name()) from error
    finally:
        consumer.close()
    return {(at.topic, at.partition): max(0, at.offset) for at in told}


def _read(message: Any) -> Arrival:
    if (error := message.error()) is not None:
        raise _away(error.name())
    headers = {name: raw for name, raw in message.headers() or [] if raw is not None}
    at = (message.topic(), message.partition(), message.offset())
    return Arrival(*at, message.key(), message.value(), headers)


def _wanted(arrival: Arrival, keys: Collection[bytes] | None) -> Iterator[Arrival]:
    if keys is None or arrival.key in keys:
        yield arrival


def _away(why: str) -> TryAgain:
    return TryAgain(
        "KAFKA_AWAY",
        f"Kafka does not answer ({why})",
        where=Place(field="PREAU_KAFKA"),
        fix="see whether the broker runs; nothing is lost meanwhile",
    )
