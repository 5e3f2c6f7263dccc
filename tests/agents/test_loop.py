"""The loop: nothing is committed before everything it led to is acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import confluent_kafka as ck
import pytest

from preau.agents.loop import Loop
from preau.broker.admin import NewTopic, opened
from preau.broker.clients import producer_settings
from preau.broker.records import Arrival, Output
from preau.errors import PreauError, TryAgain

pytestmark = pytest.mark.kafka
MakeTopic = Callable[..., str]


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


@pytest.fixture
def narrow_topic(kafka: str, fresh_name: Callable[[str], str]) -> str:
    """A topic that refuses any record (a batch's own head has 61 bytes), at once and for good."""
    name = fresh_name("narrow")
    with opened(kafka) as admin:
        topic = NewTopic(name, 1, 1, topic_configs={"max.message.bytes": "60"})
        admin.create_topics([topic], wait_for_metadata=True)
    return name


def committed(kafka: str, group: str, topic: str) -> int:
    reader = ck.Consumer({"bootstrap.servers": kafka, "group.id": group})
    try:
        (where,) = reader.committed([ck.TopicPartition(topic, 0)], timeout=30)
        return int(where.offset)
    finally:
        reader.close()


def work(kafka: str, step: Echo) -> None:
    loop = Loop(kafka, step)
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
    loop.stop()
    thread.join(60)
    if failed:
        raise failed[0]


def test_every_record_comes_out_and_is_committed(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str]
) -> None:
    source, target = fresh_topic("in"), fresh_topic("out")
    fill(kafka, source, 2_500)
    step = Echo(fresh_name("echo"), source, target, 2_500)
    work(kafka, step)
    assert committed(kafka, f"preau-{step.name}", source) == 2_500
    again = Echo(fresh_name("again"), target, fresh_topic("end"), 2_500)
    work(kafka, again)
    assert again.seen == [str(n).encode() for n in range(2_500)]


def test_a_refused_output_commits_nothing_and_says_so(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str], narrow_topic: str
) -> None:
    source = fresh_topic("in")
    fill(kafka, source, 10)
    step = Echo(fresh_name("lost"), source, narrow_topic, 10)
    with pytest.raises(TryAgain, match="KAFKA_WRITE"):
        work(kafka, step)
    assert committed(kafka, f"preau-{step.name}", source) == ck.OFFSET_INVALID


def test_what_was_not_committed_is_read_again(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str], narrow_topic: str
) -> None:
    source, name = fresh_topic("in"), fresh_name("twice")
    fill(kafka, source, 5)
    with pytest.raises(TryAgain):
        work(kafka, Echo(name, source, narrow_topic, 5))
    second = Echo(name, source, fresh_topic("out"), 5)
    work(kafka, second)
    assert second.seen == [str(n).encode() for n in range(5)]
