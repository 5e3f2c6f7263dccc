"""A step that writes what it reads, and its loop in a thread until it has enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import confluent_kafka as ck

from preau.agents.loop import Loop
from preau.broker.clients import producer_settings
from preau.broker.records import Arrival, Output
from preau.errors import PreauError


class Echo:
    """Writes what it reads to another topic, and counts."""

    def __init__(self, name: str, source: str, target: str, enough: int) -> None:
        self.name, self._source, self._target = name, source, target
        self._enough = enough
        self.seen: list[bytes | None] = []
        self.full = threading.Event()

    def topics(self) -> list[str]:
        return [self._source]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        self.seen += [arrival.value for arrival in batch]
        if len(self.seen) >= self._enough:
            self.full.set()
        return [Output(self._target, a.key, a.value, list(a.headers.items())) for a in batch]


def fill(kafka: str, topic: str, count: int) -> None:
    producer = ck.Producer(producer_settings(kafka))
    for number in range(count):
        producer.produce(topic, str(number).encode(), b"key", headers=[("n", b"1")])
    assert producer.flush(30) == 0


def committed(kafka: str, group: str, topic: str) -> int:
    reader = ck.Consumer({"bootstrap.servers": kafka, "group.id": group})
    try:
        (where,) = reader.committed([ck.TopicPartition(topic, 0)], timeout=30)
        return int(where.offset)
    finally:
        reader.close()


def end_of(kafka: str, topic: str) -> int:
    reader = ck.Consumer({"bootstrap.servers": kafka, "group.id": "looker"})
    try:
        return int(reader.get_watermark_offsets(ck.TopicPartition(topic, 0), timeout=30)[1])
    finally:
        reader.close()


def work(
    kafka: str, step: Echo, change: Callable[[Loop], None] = lambda _loop: None, wait: int = 0
) -> None:
    """Runs the step in its loop until it has enough, and `wait` of it is committed."""
    loop = Loop(kafka, step)
    change(loop)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            loop.run()
        except PreauError as error:
            failed.append(error)
            step.full.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert step.full.wait(60)
    limit = time.monotonic() + 60
    while wait and committed(kafka, f"preau-{step.name}", step.topics()[0]) < wait:
        assert time.monotonic() < limit
    loop.stop()
    thread.join(60)
    if failed:
        raise failed[0]
