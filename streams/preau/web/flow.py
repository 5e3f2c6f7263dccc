"""How the streams are doing, asked of Kafka itself: nothing is counted twice or guessed."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

import confluent_kafka as ck
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from preau.broker.clients import consumer_settings
from preau.errors import Place, TryAgain
from preau.web.needs import FlowState, StepState

ANSWER_S = 5.0
FRESH_S, STARTING_S = 2.0, 0.3
Spot = tuple[str, int]


class KafkaFlow:
    """Reads end offsets, committed offsets and live members; at most once in two seconds.

    `steps` gives, for each step, the topics it reads (exact names, or one `^` pattern). A step
    whose pattern no topic matches yet has nothing to do and joins no group: it is not told.
    """

    def __init__(self, bootstrap: str, steps: Mapping[str, Sequence[str]]) -> None:
        self._bootstrap = bootstrap
        self._admin = self._new()
        self._steps = steps
        # committed offsets are asked as a consumer that joins nothing: the admin client's own call
        # crashes the process while a coordinator moves (librdkafka issue 5040)
        self._groups = {
            name: ck.Consumer(consumer_settings(bootstrap, f"preau-{name}")) for name in steps
        }
        self._turn = Lock()
        self._read_at = -FRESH_S
        self._state = FlowState({}, ())

    def read(self) -> FlowState:
        """The state, at most two seconds old; raises `TryAgain` when Kafka does not answer."""
        with self._turn:
            if time.monotonic() - self._read_at >= self._fresh_s():
                self._state = self._ask()
                self._read_at = time.monotonic()
            return self._state

    def _fresh_s(self) -> float:
        """A hub that starts, or lost a process, is looked at more often: it changes soon."""
        whole = self._state.steps and all(step.workers for step in self._state.steps)
        return FRESH_S if whole else STARTING_S

    def _ask(self) -> FlowState:
        try:
            ends = self._ends()
            steps = tuple(
                self._step(name, topics, ends)
                for name, topics in self._steps.items()
                if topics[0][0] != "^" or any(_reads(topics, topic) for topic, _ in ends)
            )
        except ck.KafkaException as error:
            # it keeps the leaders' epochs that it knew: a restarted Kafka refuses them for minutes
            self._admin = self._new()
            raise TryAgain(
                "KAFKA_AWAY",
                f"Kafka does not answer ({error.args[0].name()})",
                where=Place(field="PREAU_KAFKA"),
                fix="see whether the broker runs; nothing is lost meanwhile",
            ) from error
        written: dict[str, int] = {}
        for (topic, _), end in ends.items():
            written[topic] = written.get(topic, 0) + end
        return FlowState(written, steps)

    def _new(self) -> AdminClient:
        logger: Any = logging.getLogger("kafka.client")
        return AdminClient({"bootstrap.servers": self._bootstrap, "logger": logger})

    def _ends(self) -> dict[Spot, int]:
        found = self._admin.list_topics(timeout=ANSWER_S).topics
        asked = {
            ck.TopicPartition(name, partition): _latest()
            for name, topic in found.items()
            if name.startswith("preau.")
            for partition in topic.partitions
        }
        if not asked:
            return {}
        answers = self._admin.list_offsets(asked, request_timeout=ANSWER_S)
        return {(at.topic, at.partition): told.result().offset for at, told in answers.items()}

    def _step(self, name: str, topics: Sequence[str], ends: Mapping[Spot, int]) -> StepState:
        read = {at: end for at, end in ends.items() if _reads(topics, at[0])}
        asked = [ck.TopicPartition(*at) for at in read]
        told = self._groups[name].committed(asked, timeout=ANSWER_S) if asked else []
        lag = sum(max(0, read[at.topic, at.partition] - max(0, at.offset)) for at in told)
        group = f"preau-{name}"
        described = self._admin.describe_consumer_groups([group], request_timeout=ANSWER_S)
        return StepState(name, len(described[group].result().members), lag)


def _latest() -> OffsetSpec:
    latest: OffsetSpec = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    return latest


def _reads(topics: Sequence[str], topic: str) -> bool:
    return any(re.match(name, topic) if name[0] == "^" else name == topic for name in topics)
