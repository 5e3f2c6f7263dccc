"""The topics as promised: how long they keep what, and how many copies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]

from preau.broker import topics
from preau.broker.gate import ensure_topics
from preau.broker.publisher import Publisher
from preau.broker.records import Output
from preau.broker.topics import CLUSTER, DAY_MS, ONE_NODE, Topic
from preau.canon.schemas import PII, load

ALL = topics.declared(["beneylu", "edifice"], ["ent-ecole", "mon-ent"], CLUSTER)
IMPERSONAL = {topics.CANON + record for record in topics.IMPERSONAL_STATE}


def test_every_arrow_of_the_design_has_its_topic_once() -> None:
    names = [topic.name for topic in ALL]
    assert len(names) == len(set(names))
    assert {
        "preau.intake.beneylu",
        "preau.setaside.edifice",
        "preau.canon.person",
        "preau.canon.homework",
        "preau.link",
        "preau.ruling",
        "preau.share.mon-ent",
        "preau.receipt",
        "preau.control",
    } <= set(names)


def test_every_record_that_a_connector_can_make_has_its_topic() -> None:
    # topics of their own, not `canon`
    elsewhere = {"link", "ruling", "delivery", "receipt", "set_aside"}
    made = {name for name in load() if not name.endswith(PII)} - elsewhere
    assert made == topics.RECORDS


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_personal_data_stays_ninety_days_at_most(topic: Topic) -> None:
    if topic.name in IMPERSONAL:
        assert topic.cleanup == "compact"
        return
    assert "delete" in topic.cleanup
    assert 0 < topic.retention_ms + topic.segment_ms <= 90 * DAY_MS


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_a_compacted_topic_keeps_its_deletions_a_hundred_days(topic: Topic) -> None:
    settings = topic.settings()
    if "compact" in topic.cleanup:
        assert settings["delete.retention.ms"] == "8640000000"
        assert settings["max.compaction.lag.ms"] == "604800000"


def test_the_bytes_as_received_are_kept_seven_days() -> None:
    assert topics.intake("beneylu").settings()["retention.ms"] == str(7 * DAY_MS)


def test_canonical_topics_are_stamped_by_kafka_not_by_who_writes() -> None:
    assert topics.canon("person").settings()["message.timestamp.type"] == "LogAppendTime"


def test_three_brokers_acknowledge_with_two_copies_and_one_node_with_its_only_one() -> None:
    assert (CLUSTER.replicas, CLUSTER.min_insync) == (3, 2)
    assert (ONE_NODE.replicas, ONE_NODE.min_insync) == (1, 1)
    assert {topic.settings()["min.insync.replicas"] for topic in ALL} == {"2"}


@pytest.mark.kafka
def test_fausts_client_reads_what_the_hub_writes_to_the_control_topic(
    kafka: str, fresh_name: Callable[[str], str]
) -> None:
    (control,) = (topic for topic in topics.own() if topic.name == topics.CONTROL)
    name = fresh_name("control")
    ensure_topics(kafka, [control._replace(name=name)])
    with Publisher(kafka) as publisher:  # lz4, as everything the hub writes
        publisher.publish([Output(name, b"k", b"a" * 1_000, []) for _ in range(20)])

    async def first() -> bytes | None:
        consumer = AIOKafkaConsumer(name, bootstrap_servers=kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            message = await asyncio.wait_for(consumer.getone(), 30)
        finally:
            await consumer.stop()
        value: bytes | None = message.value
        return value

    assert asyncio.run(first()) == b"a" * 1_000
