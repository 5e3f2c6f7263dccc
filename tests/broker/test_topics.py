"""The topics as promised: how long they keep what, and how many copies."""

from __future__ import annotations

import pytest

from preau.broker import topics
from preau.broker.topics import CLUSTER, DAY_MS, ONE_NODE, Topic

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
        "preau.share.mon-ent",
        "preau.receipt",
        "preau.control",
    } <= set(names)


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
