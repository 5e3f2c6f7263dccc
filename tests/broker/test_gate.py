"""The gate: what is unsafe is refused by its name, with what was found and what is required."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from preau.broker.admin import NewTopic, opened
from preau.broker.gate import (
    ensure_topics,
    fitting_size,
    refuse_unsafe_broker,
    refuse_unsafe_topic,
)
from preau.broker.topics import CLUSTER, ONE_NODE, Size, Topic, canon
from preau.errors import Stop, TryAgain

UNSAFE_TOPIC = [
    ("cleanup.policy", "delete"),
    ("retention.ms", "60000"),
    ("retention.ms", "-1"),
    ("retention.bytes", "1000000"),
    ("segment.ms", "31536000000"),
    ("min.insync.replicas", "1"),
    ("unclean.leader.election.enable", "true"),
    ("message.timestamp.type", "CreateTime"),
    ("max.message.bytes", "1000"),
    ("delete.retention.ms", "86400000"),
    ("max.compaction.lag.ms", "9223372036854775807"),
]
SAFE_BROKER: dict[str, str | None] = {
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    "offsets.retention.minutes": "144000",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "message.max.bytes": "1048588",
}
UNSAFE_BROKER = [
    ("auto.create.topics.enable", "true"),
    ("unclean.leader.election.enable", "true"),
    ("offsets.retention.minutes", "10080"),
    ("offsets.topic.replication.factor", "1"),
    ("transaction.state.log.min.isr", "1"),
    ("message.max.bytes", "1000"),
    ("message.max.bytes", None),
]


@pytest.mark.parametrize(("name", "value"), UNSAFE_TOPIC)
def test_an_unsafe_setting_of_a_topic_is_refused_by_its_name(name: str, value: str) -> None:
    topic = canon("person", CLUSTER)
    found: dict[str, str | None] = {**topic.settings(), name: value}
    with pytest.raises(Stop) as refused:
        refuse_unsafe_topic(topic, found, replicas=3, partitions=12)
    complaint = refused.value.complaint
    assert (complaint.code, complaint.where.field) == ("UNSAFE_TOPIC", name)
    assert complaint.where.file == "preau.canon.person"
    assert value in complaint.what
    assert complaint.known == (topic.settings()[name],)


def test_too_few_copies_of_a_topic_are_refused() -> None:
    topic = canon("person", CLUSTER)
    with pytest.raises(Stop, match=r"replication\.factor is 1, 3 is required"):
        refuse_unsafe_topic(topic, dict(topic.settings()), replicas=1, partitions=12)


@pytest.mark.parametrize(("name", "value"), UNSAFE_BROKER)
def test_an_unsafe_setting_of_a_broker_is_refused_by_its_name(name: str, value: str | None) -> None:
    with pytest.raises(Stop) as refused:
        refuse_unsafe_broker("2", {**SAFE_BROKER, name: value}, CLUSTER)
    complaint = refused.value.complaint
    assert (complaint.code, complaint.where.field) == ("UNSAFE_BROKER", name)
    assert complaint.where.file == "broker 2"


def test_a_safe_broker_and_a_safe_topic_pass() -> None:
    refuse_unsafe_broker("1", SAFE_BROKER, CLUSTER)
    topic = canon("person", CLUSTER)
    refuse_unsafe_topic(topic, dict(topic.settings()), replicas=3, partitions=12)


@pytest.mark.kafka
def test_topics_are_created_once_and_checked_every_time(
    kafka: str, fresh_name: Callable[[str], str]
) -> None:
    size = Size(partitions=2)
    wanted = [Topic(fresh_name("a"), size, "delete", 1000), canon("x")]
    wanted[1] = wanted[1]._replace(name=fresh_name("b"), size=size)
    assert ensure_topics(kafka, wanted) == [topic.name for topic in wanted]
    assert ensure_topics(kafka, wanted) == []
    with opened(kafka) as admin:
        (shape,) = admin.describe_topics([wanted[0].name])
    assert len(shape["partitions"]) == 2


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("name", "value"), [("retention.ms", "60000"), ("unclean.leader.election.enable", "true")]
)
def test_a_topic_that_somebody_made_unsafe_stops_the_start(
    kafka: str, fresh_name: Callable[[str], str], name: str, value: str
) -> None:
    topic = canon("person")._replace(name=fresh_name("t"), size=Size(1))
    with opened(kafka) as admin:
        settings = {**topic.settings(), name: value}
        admin.create_topics([NewTopic(topic.name, 1, 1, topic_configs=settings)])
    with pytest.raises(Stop, match=name) as refused:
        ensure_topics(kafka, [topic])
    assert refused.value.complaint.where.file == topic.name


@pytest.mark.kafka
def test_one_copy_is_accepted_only_where_it_was_allowed(kafka: str) -> None:
    assert fitting_size(kafka, one_copy_allowed=True) == ONE_NODE
    with pytest.raises(Stop) as refused:
        fitting_size(kafka, one_copy_allowed=False)
    assert refused.value.code == "TOO_FEW_BROKERS"


def test_a_kafka_that_does_not_answer_may_be_asked_again() -> None:
    with pytest.raises(TryAgain) as refused:
        fitting_size("127.0.0.1:1", one_copy_allowed=True)
    assert refused.value.code == "KAFKA_ADMIN"
