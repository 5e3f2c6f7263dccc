"""Writes many records as fast as Kafka takes them, and says at the end whether it has them all."""

from __future__ import annotations

import time
from collections.abc import Iterable

import confluent_kafka as ck

from preau.broker.clients import producer_settings
from preau.broker.records import Output
from preau.errors import Place, TryAgain

_ROOM_S, _FLUSH_S = 30.0, 60.0


class Bulk:
    """One idempotent producer for one long sending; nothing is known of it before `finish`."""

    def __init__(self, bootstrap: str) -> None:
        self._failed: list[str] = []
        settings = {**producer_settings(bootstrap), "on_delivery": self._on_delivery}
        self._producer = ck.Producer(settings)

    def write(self, outputs: Iterable[Output]) -> None:
        """Hands records over, in order; raises `TryAgain` as soon as one is known to be refused."""
        for topic, key, value, headers in outputs:
            limit = time.monotonic() + _ROOM_S
            while True:
                try:
                    self._producer.produce(topic, value, key, headers=list(headers))
                    break
                except BufferError:  # the queue is full: let the network take some
                    self._producer.poll(0.5)
                    if time.monotonic() > limit:
                        raise self._unknown("the producer's queue stays full") from None
        self._producer.poll(0)
        if self._failed:
            raise self._unknown(self._failed[0])

    def finish(self) -> None:
        """Returns when everything handed over is acknowledged; raises `TryAgain` otherwise."""
        left = self._producer.flush(_FLUSH_S)
        if left or self._failed:
            raise self._unknown(f"{left} without an answer, {len(self._failed)} refused")

    def _on_delivery(self, error: ck.KafkaError | None, message: ck.Message) -> None:
        if error is not None:  # only failures are reported
            self._failed.append(f"{message.topic()}: {error.name()}")

    def _unknown(self, what: str) -> TryAgain:
        fix = "send the same records again: their ids are the same, nothing is doubled"
        told = f"not every record was acknowledged ({what})"
        return TryAgain("KAFKA_WRITE", told, where=Place(field="PREAU_KAFKA"), fix=fix)
