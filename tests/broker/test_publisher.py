"""The publisher: it returns when Kafka has the records, and never says yes otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import confluent_kafka as ck
import pytest

from preau.broker.clients import consumer_settings
from preau.broker.publisher import Publisher
from preau.broker.records import Output
from preau.errors import TryAgain

pytestmark = pytest.mark.kafka


def read(kafka: str, topic: str, count: int) -> list[ck.Message]:
    consumer = ck.Consumer(consumer_settings(kafka, "reader"))
    consumer.assign([ck.TopicPartition(topic, 0, 0)])
    try:
        return list(consumer.consume(count, 30))
    finally:
        consumer.close()


def test_what_was_published_is_there_with_key_headers_and_order(
    kafka: str, fresh_topic: Callable[..., str]
) -> None:
    topic = fresh_topic()
    with Publisher(kafka) as publisher:
        publisher.publish(
            [Output(topic, b"k", b"%d" % n, [("instance", b"ent-ecole")]) for n in range(50)]
        )
    found = read(kafka, topic, 50)
    assert [message.value() for message in found] == [b"%d" % n for n in range(50)]
    assert found[0].key() == b"k"
    assert found[0].headers() == [("instance", b"ent-ecole")]


def test_a_tombstone_is_published_as_null(kafka: str, fresh_topic: Callable[..., str]) -> None:
    topic = fresh_topic()
    with Publisher(kafka) as publisher:
        publisher.publish([Output(topic, b"k", None, [])])
    assert read(kafka, topic, 1)[0].value() is None


def test_publishing_nothing_is_done_at_once(kafka: str) -> None:
    with Publisher(kafka) as publisher:
        publisher.publish([])


def test_one_record_refused_among_good_ones_is_not_a_success(
    kafka: str, fresh_topic: Callable[..., str]
) -> None:
    topic = fresh_topic()
    outputs = [Output(topic, b"k", b"good", []), Output(topic, b"k", bytes(2_000_000), [])]
    with Publisher(kafka) as publisher, pytest.raises(TryAgain, match="MSG_SIZE_TOO_LARGE"):
        publisher.publish(outputs)


def test_a_topic_that_does_not_exist_is_not_a_success(
    kafka: str, fresh_name: Callable[[str], str]
) -> None:
    outputs = [Output(fresh_name("absent"), b"k", b"v", [])]
    # librdkafka waits 30 s for a topic to appear, unless told not to
    hurried = {"topic.metadata.propagation.max.ms": 0, "message.timeout.ms": 5_000}
    with Publisher(kafka, hurried) as publisher, pytest.raises(TryAgain, match="absent"):
        publisher.publish(outputs)


def test_a_kafka_that_does_not_answer_is_an_unknown_outcome() -> None:
    publisher = Publisher("127.0.0.1:1", {"message.timeout.ms": 400})
    with pytest.raises(TryAgain, match="not every record") as refused:
        publisher.publish([Output("t", b"k", b"v", [])])
    assert refused.value.code == "KAFKA_WRITE"
    publisher.close(0.5)


def test_many_asyncio_callers_share_one_producer(
    kafka: str, fresh_topic: Callable[..., str]
) -> None:
    topic = fresh_topic()

    async def all_at_once(publisher: Publisher) -> None:
        calls = (publisher.publish_async([Output(topic, None, b"%d" % n, [])]) for n in range(500))
        await asyncio.gather(*calls)

    with Publisher(kafka) as publisher:
        asyncio.run(all_at_once(publisher))
    assert {message.value() for message in read(kafka, topic, 500)} == {
        b"%d" % n for n in range(500)
    }


def test_an_asyncio_caller_hears_of_a_refusal(kafka: str, fresh_topic: Callable[..., str]) -> None:
    topic = fresh_topic()
    with Publisher(kafka) as publisher, pytest.raises(TryAgain):
        asyncio.run(publisher.publish_async([Output(topic, b"k", bytes(2_000_000), [])]))
