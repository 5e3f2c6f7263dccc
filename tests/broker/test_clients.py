"""The settings of the clients: what they are, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable

import confluent_kafka as ck
import pytest

from preau.broker.clients import consumer_settings, lint, producer_settings
from preau.errors import Stop

UNSAFE = [
    ("acks", "1"),
    ("acks", 0),
    ("request.required.acks", 1),
    ("enable.idempotence", False),
    ("partitioner", "consistent_random"),
    ("enable.auto.commit", True),
    ("enable.auto.offset.store", "true"),
    ("auto.offset.reset", "latest"),
    ("isolation.level", "read_uncommitted"),
    ("check.crcs", False),
    ("allow.auto.create.topics", True),
    ("max.in.flight.requests.per.connection", 6),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE)
def test_an_unsafe_setting_of_a_client_is_refused_by_its_name(
    name: str,
    value: str | int | bool,  # noqa: FBT001
) -> None:
    with pytest.raises(Stop, match=name) as refused:
        producer_settings("127.0.0.1:1", {name: value})
    assert refused.value.code == "UNSAFE_SETTING"
    assert refused.value.complaint.where.field == name
    assert refused.value.complaint.known


def test_the_settings_of_the_hub_itself_pass_their_own_lint() -> None:
    lint(producer_settings("127.0.0.1:1"))
    lint(consumer_settings("127.0.0.1:1", "g"))


def test_another_spelling_of_the_same_value_is_accepted() -> None:
    assert producer_settings("127.0.0.1:1", {"acks": -1})["acks"] == -1
    assert consumer_settings("127.0.0.1:1", "g", {"auto.offset.reset": "smallest"})


@pytest.mark.kafka
def test_librdkafka_takes_every_setting_and_a_record_goes_round(
    kafka: str, fresh_topic: Callable[..., str], fresh_name: Callable[[str], str]
) -> None:
    topic, errors = fresh_topic(), []
    producer = ck.Producer(
        {**producer_settings(kafka), "on_delivery": lambda error, _message: errors.append(error)}
    )
    producer.produce(topic, b"value", b"key")
    assert producer.flush(30) == 0
    assert errors == []
    consumer = ck.Consumer(consumer_settings(kafka, fresh_name("group")))
    consumer.subscribe([topic])
    message = consumer.poll(30)
    consumer.close()
    assert message is not None
    assert (message.key(), message.value()) == (b"key", b"value")
