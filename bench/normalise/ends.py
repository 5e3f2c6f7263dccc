"""A consumer and a producer with the hub's settings, partitions assigned by hand."""

from __future__ import annotations

from collections.abc import Iterable

import confluent_kafka as ck
from bench.normalise.job import Job

from preau.broker.clients import consumer_settings, producer_settings

FLUSH_S = 60


class Ends:
    """Where the records come from and go to; `checkpoint` commits what was delivered."""

    def __init__(self, job: Job) -> None:
        self._errors: list[str] = []
        self._offsets: dict[int, int] = {}
        self._source = job.source
        settings = producer_settings(job.bootstrap)
        self.producer = ck.Producer({**settings, "on_delivery": self._on_delivery})
        self.consumer = ck.Consumer(consumer_settings(job.bootstrap, job.group))
        self.consumer.assign([ck.TopicPartition(job.source, p, 0) for p in job.partitions])

    def seen(self, batch: Iterable[ck.Message]) -> None:
        """Notes the offsets of a batch whose outputs were handed to the producer."""
        for message in batch:
            if message.error():
                raise ck.KafkaException(message.error())
            self._offsets[message.partition() or 0] = (message.offset() or 0) + 1

    def checkpoint(self, *, wait: bool) -> None:
        """Waits for every delivery, checks it, then commits."""
        left = self.producer.flush(FLUSH_S)
        if left or self._errors:
            raise RuntimeError(f"undelivered: {left}, refused: {self._errors[:3]}")
        offsets = [ck.TopicPartition(self._source, p, o) for p, o in self._offsets.items()]
        if wait:
            self.consumer.commit(offsets=offsets, asynchronous=False)
        else:
            self.consumer.commit(offsets=offsets, asynchronous=True)

    def close(self) -> None:
        """Leaves Kafka."""
        self.consumer.close()

    def _on_delivery(self, error: ck.KafkaError | None, _message: ck.Message) -> None:
        if error is not None:
            self._errors.append(str(error.name()))
