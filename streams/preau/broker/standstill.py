"""Finds a consumer to which nothing comes any more though records wait: it must begin anew.

Kafka's clients know this state: after a broker was killed and started again, a consumer may hold
its place in the group and never fetch, or wait for ever to be given a place (librdkafka, issues
3082, 3396 and 4527). It says no error, so only what waits can tell. The look is a fresh client's:
the one that stands still may believe in a Kafka that is gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing

import confluent_kafka as ck

from preau.broker.clients import consumer_settings

_ANSWER_S = 5.0
Places = tuple[tuple[str, int, int], ...]
"""(topic, partition, first offset that was not worked), for partitions where records wait."""


def waiting(bootstrap: str, group: str, topics: Sequence[str]) -> Places:
    """Where records wait for this group, whichever of its members should read them.

    `topics` are names, or one regular expression that begins with `^`. Empty when nothing waits,
    and when Kafka does not answer: then the silence has another cause.
    """
    try:
        with closing(ck.Consumer(consumer_settings(bootstrap, group))) as client:
            return tuple(_behind(client, _partitions(client, topics)))
    except ck.KafkaException:
        return ()


def _partitions(client: ck.Consumer, topics: Sequence[str]) -> list[ck.TopicPartition]:
    return [
        ck.TopicPartition(name, partition)
        for name, topic in client.list_topics(timeout=_ANSWER_S).topics.items()
        if any(re.match(each, name) if each.startswith("^") else each == name for each in topics)
        for partition in topic.partitions
    ]


def _behind(client: ck.Consumer, places: list[ck.TopicPartition]) -> list[tuple[str, int, int]]:
    found = []
    for at in client.committed(places, timeout=_ANSWER_S) if places else ():
        low, high = client.get_watermark_offsets(at, timeout=_ANSWER_S)
        first = max(low, at.offset)  # below zero: nothing was committed yet
        if first < high:
            found.append((at.topic, at.partition, first))
    return sorted(found)
