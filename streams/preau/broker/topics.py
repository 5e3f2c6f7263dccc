"""Every topic of the hub, declared here and nowhere else: partitions, clean-up, retention, copies.

Setting names and units (milliseconds, bytes): kafka.apache.org/43, topic configs. Personal data
stays 90 days at most (the arrêté on the ENT: three months). Kafka drops whole segments, when the
youngest record is old enough: so a segment spans 7 days and is dropped 83 days after its end. A
compacted topic keeps its deletions 100 days: a hub closed all summer still learns of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

DAY_MS = 86_400_000
INTAKE_MS = 7 * DAY_MS
SEGMENT_MS = 7 * DAY_MS
PERSONAL_MS = 90 * DAY_MS - SEGMENT_MS
HUNDRED_DAYS_MS = 100 * DAY_MS
COMPACT_WITHIN_MS = 7 * DAY_MS
RECORD_BYTES = 1_048_588
FOREVER = -1

INTAKE = "preau.intake."
SET_ASIDE = "preau.setaside."
CANON = "preau.canon."
SHARE = "preau.share."
LINK = "preau.link"
RULING = "preau.ruling"
RECEIPT = "preau.receipt"
CONTROL = "preau.control"

IMPERSONAL_STATE = frozenset({"establishment", "sector", "project", "mandate", "nomenclature"})
"""State records that say nothing of a person: kept for as long as they are true."""
PERSONAL_STATE = frozenset(
    {
        "person",
        "affiliation",
        "guardianship",
        "group",
        "membership",
        "roster",
        "resource",
        "share",
    }
)
HAPPENINGS = frozenset(
    {"homework", "notice", "calendar_event", "usage", "erasure", "erasure_receipt"}
)
RECORDS = IMPERSONAL_STATE | PERSONAL_STATE | HAPPENINGS

Cleanup = Literal["delete", "compact", "compact,delete"]


class Size(NamedTuple):
    """How a topic is spread: partitions bound how many workers of one step can share the load."""

    partitions: int = 4
    replicas: int = 1

    @property
    def min_insync(self) -> int:
        """Copies on disk before a record counts as acknowledged: 2 of 3, or the only one."""
        return 2 if self.replicas >= 3 else 1  # noqa: PLR2004 - a majority of three


ONE_NODE = Size()
CLUSTER = Size(partitions=12, replicas=3)


class Topic(NamedTuple):
    """One topic as it must be; times in milliseconds."""

    name: str
    size: Size
    cleanup: Cleanup
    retention_ms: int
    stamped_by_kafka: bool = True
    packed: Literal["producer", "uncompressed"] = "producer"

    @property
    def segment_ms(self) -> int:
        """How long one file of records spans; a record may outlive its retention by that much."""
        return DAY_MS if 0 < self.retention_ms <= INTAKE_MS else SEGMENT_MS

    def settings(self) -> dict[str, str]:
        """What is asked at creation and required ever after, in Kafka's own names."""
        said = {
            "cleanup.policy": self.cleanup,
            "retention.ms": str(self.retention_ms),
            "retention.bytes": "-1",
            "segment.ms": str(self.segment_ms),
            "min.insync.replicas": str(self.size.min_insync),
            "unclean.leader.election.enable": "false",
            "max.message.bytes": str(RECORD_BYTES),
            "message.timestamp.type": "LogAppendTime" if self.stamped_by_kafka else "CreateTime",
        }
        if self.packed != "producer":
            said["compression.type"] = self.packed
        if "compact" in self.cleanup:
            said["delete.retention.ms"] = str(HUNDRED_DAYS_MS)
            said["max.compaction.lag.ms"] = str(COMPACT_WITHIN_MS)
        return said


def intake(connector: str, size: Size = ONE_NODE) -> Topic:
    """The bytes a vendor sent, as received, for 7 days."""
    return Topic(INTAKE + connector, size, "delete", INTAKE_MS)


def set_aside(connector: str, size: Size = ONE_NODE) -> Topic:
    """What could not be normalised, explained; redrivable for 83 days."""
    return Topic(SET_ASIDE + connector, size._replace(partitions=1), "delete", PERSONAL_MS)


def canon(record: str, size: Size = ONE_NODE) -> Topic:
    """One kind of canonical record (`record` without its version), keyed by its id."""
    if record in IMPERSONAL_STATE:
        return Topic(CANON + record, size, "compact", FOREVER)
    cleanup: Cleanup = "delete" if record in HAPPENINGS else "compact,delete"
    return Topic(CANON + record, size, cleanup, PERSONAL_MS)


def share(instance: str, size: Size = ONE_NODE) -> Topic:
    """What one ENT may see, under its own pseudonyms."""
    return Topic(SHARE + instance, size, "delete", PERSONAL_MS)


def own(size: Size = ONE_NODE) -> list[Topic]:
    """The hub's own: identity's decisions and people's, receipts, and Faust's control topic.

    The last is unpacked by Kafka, whoever wrote it: Faust's client (aiokafka) crashes on lz4.
    """
    one = size._replace(partitions=1)
    return [
        Topic(LINK, size, "compact,delete", PERSONAL_MS),
        Topic(RULING, one, "compact,delete", PERSONAL_MS),
        Topic(RECEIPT, size, "delete", PERSONAL_MS),
        Topic(CONTROL, one, "delete", DAY_MS, stamped_by_kafka=False, packed="uncompressed"),
    ]


def declared(
    connectors: Iterable[str], instances: Iterable[str], size: Size = ONE_NODE
) -> list[Topic]:
    """All topics of a hub with these connectors and instances, sorted by name."""
    topics = own(size)
    for connector in connectors:
        topics += [intake(connector, size), set_aside(connector, size)]
    topics += [canon(record, size) for record in RECORDS]
    topics += [share(instance, size) for instance in instances]
    return sorted(topics, key=lambda topic: topic.name)
