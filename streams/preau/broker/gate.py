"""The gate before the first record: topics exist as declared and the brokers are safe, or `Stop`.

Each refusal names the topic or broker, the setting, what was found and what is required.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from preau.broker.admin import (
    ConfigResource,
    ConfigResourceType,
    KafkaAdminClient,
    NewTopic,
    TopicAlreadyExistsError,
    opened,
)
from preau.broker.topics import CLUSTER, ONE_NODE, Size, Topic
from preau.errors import Place, Stop

Found = Mapping[str, str | None]


class Rule(NamedTuple):
    """One broker setting: when its value is safe, what to require in words, why it matters."""

    safe: Callable[[str], bool]
    required: str
    why: str


def _at_least(least: int) -> Callable[[str], bool]:
    return lambda value: value.lstrip("-").isdigit() and int(value) >= least


def broker_rules(size: Size) -> dict[str, Rule]:
    """What every broker must answer; copies depend on how many brokers there are."""
    copies, insync = size.replicas, size.min_insync
    return {
        "auto.create.topics.enable": Rule(
            lambda value: value == "false", "false", "topics would exist with unchecked settings"
        ),
        "unclean.leader.election.enable": Rule(
            lambda value: value == "false", "false", "acknowledged records could be lost"
        ),
        "offsets.retention.minutes": Rule(
            _at_least(144_000), "144000 or more", "a hub closed all summer would lose its place"
        ),
        "offsets.topic.replication.factor": Rule(
            _at_least(copies), f"{copies} or more", "one broker's loss would lose every place"
        ),
        "transaction.state.log.min.isr": Rule(
            _at_least(insync), f"{insync} or more", "one copy could be acknowledged alone"
        ),
        "message.max.bytes": Rule(
            _at_least(1_048_588), "1048588 or more", "accepted events would not fit"
        ),
    }


def ensure_topics(bootstrap: str, topics: Sequence[Topic]) -> list[str]:
    """Creates what is missing, checks everything, returns the names it created.

    Raises `Stop` (UNSAFE_BROKER, UNSAFE_TOPIC) on a difference, `TryAgain` if Kafka is silent.
    """
    with opened(bootstrap) as admin:
        check_brokers(admin, topics[0].size if topics else ONE_NODE)
        existing = set(admin.list_topics())
        missing = [topic for topic in topics if topic.name not in existing]
        _create(admin, missing)
        _check_topics(admin, topics)
    return [topic.name for topic in missing]


def fitting_size(bootstrap: str, *, one_copy_allowed: bool) -> Size:
    """Three copies where there are three brokers; one copy only where it was allowed.

    It is allowed for the hub's own embedded node, which writes to disk before it acknowledges.
    Raises `Stop` (TOO_FEW_BROKERS) for any other Kafka of fewer than three brokers.
    """
    with opened(bootstrap) as admin:
        brokers = len(admin.describe_cluster()["brokers"])
    if brokers >= CLUSTER.replicas:
        return CLUSTER
    if one_copy_allowed:
        return ONE_NODE
    raise Stop(
        "TOO_FEW_BROKERS",
        f"this Kafka has {brokers} broker(s), 3 are required: a lost disk would lose records",
        where=Place(field="PREAU_KAFKA"),
        known=("3 brokers or more",),
        fix="add brokers, or set PREAU_REPLICAS=1 where records may be lost (a trial)",
    )


def check_brokers(admin: KafkaAdminClient, size: Size) -> None:
    """Raises `Stop` naming the first unsafe setting of the first unsafe broker."""
    for broker in admin.describe_cluster()["brokers"]:
        number = str(broker["broker_id"])
        found = _configs(admin, ConfigResourceType.BROKER, [number])[number]
        refuse_unsafe_broker(number, found, size)


def refuse_unsafe_broker(number: str, found: Found, size: Size) -> None:
    """The same for settings already read, by name."""
    for name, rule in broker_rules(size).items():
        value = found.get(name)
        if value is None or not rule.safe(value):
            raise Stop(
                "UNSAFE_BROKER",
                f"{name} is {value}, {rule.required} is required: {rule.why}",
                where=Place(file=f"broker {number}", field=name),
                known=(rule.required,),
                fix=f"set {name} in the broker's server.properties and restart it",
            )


def refuse_unsafe_topic(topic: Topic, found: Found, replicas: int, partitions: int) -> None:
    """Raises `Stop` naming the first setting that differs from the declaration."""
    if replicas < topic.size.replicas:
        raise _unsafe_topic(topic, "replication.factor", str(replicas), str(topic.size.replicas))
    if partitions < 1:
        raise _unsafe_topic(topic, "partitions", str(partitions), "1 or more")
    for name, required in topic.settings().items():
        value = found.get(name)
        if not _same(name, value, required):
            raise _unsafe_topic(topic, name, value, required)


def _same(name: str, value: str | None, required: str) -> bool:
    if name == "cleanup.policy":
        return value is not None and set(value.split(",")) == set(required.split(","))
    if name in {"min.insync.replicas", "max.message.bytes", "delete.retention.ms"}:
        return value is not None and value.isdigit() and int(value) >= int(required)
    return value == required


def _unsafe_topic(topic: Topic, name: str, found: str | None, required: str) -> Stop:
    return Stop(
        "UNSAFE_TOPIC",
        f"{name} is {found}, {required} is required",
        where=Place(file=topic.name, field=name),
        known=(required,),
        fix=f"kafka-configs --alter --topic {topic.name} --add-config {name}={required}",
    )


def _create(admin: KafkaAdminClient, topics: Sequence[Topic]) -> None:
    new = [
        NewTopic(
            topic.name,
            num_partitions=topic.size.partitions,
            replication_factor=topic.size.replicas,
            topic_configs=topic.settings(),
        )
        for topic in topics
    ]
    if not new:
        return
    try:
        admin.create_topics(new, wait_for_metadata=True)
    except TopicAlreadyExistsError:
        return  # another process of the hub was quicker; what it made is checked next


def _check_topics(admin: KafkaAdminClient, topics: Sequence[Topic]) -> None:
    names = [topic.name for topic in topics]
    found = _configs(admin, ConfigResourceType.TOPIC, names)
    shapes = {shape["name"]: shape["partitions"] for shape in admin.describe_topics(names)}
    for topic in topics:
        partitions = shapes.get(topic.name, [])
        copies = min((len(one["replica_nodes"]) for one in partitions), default=0)
        refuse_unsafe_topic(topic, found.get(topic.name, {}), copies, len(partitions))


def _configs(
    admin: KafkaAdminClient, kind: ConfigResourceType, names: Iterable[str]
) -> dict[str, dict[str, str | None]]:
    answer: dict[str, dict[str, dict[str, dict[str, Any]]]] = admin.describe_configs(
        [ConfigResource(kind, name) for name in names], config_filter="all"
    )
    return {
        name: {setting: told["value"] for setting, told in settings.items()}
        for resources in answer.values()
        for name, settings in resources.items()
    }
