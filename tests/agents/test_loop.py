"""The loop: nothing is committed before everything it led to is acknowledged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import confluent_kafka as ck
import pytest

from preau.agents.loop import Loop
from preau.broker.admin import NewTopic, opened
from preau.broker.records import Arrival, Output
from preau.errors import TryAgain
from tests.agents.echo import Echo, committed, end_of, fill, work

pytestmark = pytest.mark.kafka
MakeTopic = Callable[..., str]


class Owing(Echo):
    """Echoes, owes three records to an earlier life, and looks at what Kafka has at each report."""

    def __init__(self, kafka: str, name: str, source: str, target: str, enough: int) -> None:
        super().__init__(name, source, target, enough)
        self._kafka = kafka
        self.reports: list[tuple[int, int]] = []

    def opening(self) -> list[Output]:
        return [Output(self._target, b"key", b"owed", []) for _ in range(3)]

    def acknowledged(self) -> None:
        offset = committed(self._kafka, f"preau-{self.name}", self._source)
        self.reports.append((end_of(self._kafka, self._target), offset))


class Ticking(Echo):
    """Hears nothing, says something at its first tick, and ends once Kafka is known to have it."""

    def __init__(self, name: str, source: str, target: str) -> None:
        super().__init__(name, source, target, 1)
        self._owed = [Output(target, b"key", b"in its own time", [])]
        self.ticks = 0

    def tick(self) -> list[Output]:
        self.ticks += 1
        owed, self._owed = self._owed, []
        return owed

    def acknowledged(self) -> None:
        self.full.set()


@pytest.fixture
def narrow_topic(kafka: str, fresh_name: Callable[[str], str]) -> str:
    """A topic that refuses any record (a batch's own head has 61 bytes), at once and for good."""
    name = fresh_name("narrow")
    with opened(kafka) as admin:
        topic = NewTopic(name, 1, 1, topic_configs={"max.message.bytes": "60"})
        admin.create_topics([topic], wait_for_metadata=True)
    return name


class Deaf:
    """A consumer whose first commit Kafka does not take, as when it has just been restarted."""

    def __init__(self, loop: Loop) -> None:
        self._consumer = loop._consumer
        self._tell = loop._on_commit
        self._refused: list[list[ck.TopicPartition]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._consumer, name)

    def commit(self, *, offsets: list[ck.TopicPartition], asynchronous: bool) -> None:
        if asynchronous and not self._refused:
            self._refused.append(offsets)
            return
        self._refused.append([])
        if asynchronous:
            self._consumer.commit(offsets=offsets, asynchronous=True)
        else:
            self._consumer.commit(offsets=offsets, asynchronous=False)

    def poll(self, timeout: float) -> Any:
        if len(self._refused) == 1:
            self._refused.append([])
            self._tell(ck.KafkaError(ck.KafkaError.NOT_COORDINATOR), self._refused[0])
        return self._consumer.poll(timeout)


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


def test_a_step_that_ticks_speaks_though_nothing_arrives(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str]
) -> None:
    source, target = fresh_topic("in"), fresh_topic("out")
    step = Ticking(fresh_name("tick"), source, target)
    work(kafka, step)
    assert (step.seen, end_of(kafka, target)) == ([], 1)
    assert step.ticks >= 1


def test_a_commit_that_kafka_does_not_take_is_made_again_though_nothing_more_comes(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str]
) -> None:
    source = fresh_topic("in")
    fill(kafka, source, 5)
    step = Echo(fresh_name("deaf"), source, fresh_topic("out"), 5)

    def deafen(loop: Loop) -> None:
        loop._consumer = Deaf(loop)  # type: ignore[assignment] # all of a consumer but one answer

    work(kafka, step, deafen, wait=5)
    assert step.seen == [str(n).encode() for n in range(5)]


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


def test_what_is_owed_goes_first_and_is_reported_before_anything_is_read(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str]
) -> None:
    source, target = fresh_topic("in"), fresh_topic("out")
    fill(kafka, source, 5)
    step = Owing(kafka, fresh_name("owing"), source, target, 5)
    work(kafka, step)
    assert step.reports[0] == (3, ck.OFFSET_INVALID)
    reader = Echo(fresh_name("reader"), target, fresh_topic("end"), 8)
    work(kafka, reader)
    assert reader.seen == [b"owed"] * 3 + [str(n).encode() for n in range(5)]


def test_a_report_comes_when_kafka_has_the_outputs_and_before_their_offsets_are_committed(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str]
) -> None:
    source, target = fresh_topic("in"), fresh_topic("out")
    fill(kafka, source, 5)
    step = Owing(kafka, fresh_name("owing"), source, target, 5)
    work(kafka, step)
    assert step.reports[1:] == [(8, ck.OFFSET_INVALID)]
    assert committed(kafka, f"preau-{step.name}", source) == 5


def test_refused_outputs_are_never_reported(
    kafka: str, fresh_topic: MakeTopic, fresh_name: Callable[[str], str], narrow_topic: str
) -> None:
    step = Owing(kafka, fresh_name("owing"), fresh_topic("in"), narrow_topic, 1)
    with pytest.raises(TryAgain, match="KAFKA_WRITE"):
        work(kafka, step)
    assert step.reports == []


def test_a_topic_made_while_no_process_ran_is_read_by_the_next(
    kafka: str, fresh_name: Callable[[str], str]
) -> None:
    begun = fresh_name("many")
    for number in range(3):
        with opened(kafka) as admin:
            admin.create_topics([NewTopic(f"{begun}.{number}", 2, 1)], wait_for_metadata=True)
        fill(kafka, f"{begun}.{number}", 1)
        step = Silent(begun, f"^{begun}\\.[0-9]$", "", 1)
        loop = Loop(kafka, step)
        thread = threading.Thread(target=loop.run)
        thread.start()
        try:
            assert step.full.wait(30), f"nobody reads topic {number}"
        finally:
            loop.stop()
            thread.join()
        assert step.seen == [b"0"]


class Silent(Echo):
    """Writes nothing."""

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        super().handle(batch)
        return []
