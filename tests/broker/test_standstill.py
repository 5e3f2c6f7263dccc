"""What waits for a group is known from the first record that was not worked."""

from __future__ import annotations

import time
from collections.abc import Callable

import confluent_kafka as ck
import pytest

from preau.broker.clients import consumer_settings, producer_settings
from preau.broker.ports import free_ports
from preau.broker.standstill import Places, waiting

pytestmark = pytest.mark.kafka


def fill(kafka: str, topic: str, count: int) -> None:
    producer = ck.Producer(producer_settings(kafka))
    for _ in range(count):
        producer.produce(topic, b"value", b"key")
    assert producer.flush(30) == 0


def answered(kafka: str, group: str, topic: str) -> Places:
    """What waits, once a broker that has just been started answers for its groups."""
    limit = time.monotonic() + 60
    while not (found := waiting(kafka, group, [topic])):
        assert time.monotonic() < limit, "the group is never answered for"
    return found


def commit(kafka: str, group: str, topic: str, offset: int) -> None:
    consumer = ck.Consumer(consumer_settings(kafka, group))
    try:
        consumer.commit(offsets=[ck.TopicPartition(topic, 0, offset)], asynchronous=False)
    finally:
        consumer.close()


def test_what_nobody_has_read_waits_from_its_beginning(
    kafka: str, fresh_topic: Callable[..., str], fresh_name: Callable[[str], str]
) -> None:
    topic, group = fresh_topic("waits"), fresh_name("nobody")
    fill(kafka, topic, 4)
    assert answered(kafka, group, topic) == ((topic, 0, 0),)


def test_what_is_committed_waits_no_more(
    kafka: str, fresh_topic: Callable[..., str], fresh_name: Callable[[str], str]
) -> None:
    topic, group = fresh_topic("waits"), fresh_name("somebody")
    fill(kafka, topic, 4)
    commit(kafka, group, topic, 3)
    assert waiting(kafka, group, [f"^{topic}$"]) == ((topic, 0, 3),)
    commit(kafka, group, topic, 4)
    assert waiting(kafka, group, [topic]) == ()


def test_a_topic_that_is_not_there_has_nothing(
    kafka: str, fresh_name: Callable[[str], str]
) -> None:
    assert waiting(kafka, "nobody", [fresh_name("nowhere")]) == ()


def test_a_kafka_that_does_not_answer_says_nothing_of_what_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("preau.broker.standstill._ANSWER_S", 0.2)
    assert waiting(f"127.0.0.1:{free_ports(1)[0]}", "nobody", ["any"]) == ()
