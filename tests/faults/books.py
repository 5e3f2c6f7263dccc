"""What a round must leave behind, and what is there: every difference is one line of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import confluent_kafka as ck

from preau.broker.clients import consumer_settings
from preau.broker.topics import CANON, INTAKE, SET_ASIDE
from preau.canon.codec import decode
from preau.ids import digest
from preau.inlets.sealing import KID
from preau.keys.envelope import Unsealer
from preau.sandbox.process import EntProcess
from tests.faults.world import World

Documents = Mapping[str, str]
"""Digest of the bytes → title."""
Origin = tuple[str, int, int]


def of_documents(name: str, expected: Documents, held: list[dict[str, Any]]) -> Iterator[str]:
    """What the hub brought to this ENT, against all that it should have brought."""
    came = [each for each in held if each["hub_id"] is not None]
    times = Counter(each["sha256"] for each in came)
    titles = {each["sha256"]: each["title"] for each in came}
    for each, title in expected.items():
        if each not in titles:
            yield f"missing: a document of {name} ({title})"
        elif titles[each] != title:
            yield f"missing: the last title of a document of {name} ({title})"
    yield from (f"doubled: a document of {name}" for count in times.values() if count > 1)
    yield from (f"missing: a withdrawal in {name}" for each in times if each not in expected)


def of_members(name: str, expected: list[Any], held: list[Any]) -> Iterator[str]:
    """The members of the group in this ENT, against the last word on its classes."""
    lost, extra = set(expected) - set(held), set(held) - set(expected)
    if lost or extra or len(held) != len(set(held)):
        yield f"missing: members of {name} ({len(lost)} absent, {len(extra)} too many)"


@dataclass
class Effects:
    """Follows what one ENT says that the hub's calls changed there."""

    ent: EntProcess
    name: str
    _after: int = 0
    _done: Counter[tuple[str, str]] = field(default_factory=Counter)
    _last: dict[str, int] = field(default_factory=dict)

    def read(self) -> Iterator[str]:
        """What is wrong with the effects since the last time."""
        for each in self.ent.call(f"GET /_sandbox/effects?after={self._after}").body:
            self._after = each["seq"]
            what = f"{each['verb']} in {self.name}"
            self._done[each["event"], each["verb"]] += 1
            if self._done[each["event"], each["verb"]] > 1:
                yield f"doubled: {what}"
            if each["version"] < self._last.get(each["entity"], 0):
                yield f"out of order: {what}"
            self._last[each["entity"]] = each["version"]

    @property
    def count(self) -> int:
        """How many there were."""
        return self._after


class Events:
    """Follows every accepted event from its intake topic to its canonical records."""

    def __init__(self, world: World) -> None:
        self._consumer = ck.Consumer(consumer_settings(world.hub.bootstrap, "books"))
        topics = self._consumer.list_topics(timeout=10).topics
        followed = (INTAKE, CANON, SET_ASIDE)
        self._consumer.assign(
            [
                ck.TopicPartition(name, part, ck.OFFSET_BEGINNING)
                for name, topic in topics.items()
                if name.startswith(followed)
                for part in topic.partitions
            ]
        )
        self._unsealer = Unsealer(world.control.letter_keys)
        self._said: set[str] = set()
        self._heard: set[Origin] = set()
        self._through: set[Origin] = set()

    def close(self) -> None:
        """Closes its connections."""
        self._consumer.close()

    def read(self, said: int) -> Iterator[str]:
        """What is wrong, once `said` different events have been said since the world began."""
        while messages := self._consumer.consume(1_000, timeout=0.5):
            for message in messages:
                assert message.error() is None, message.error()
                self._note(message)
        if len(self._said) != said:
            yield f"missing: {said - len(self._said)} of {said} events are not in Kafka"
        lost = len(self._heard - self._through)
        if lost:
            yield f"missing: the canonical records of {lost} events"

    def _note(self, message: Any) -> None:
        topic, value = message.topic(), message.value()
        if topic.startswith(INTAKE):
            self._heard.add((topic, message.partition(), message.offset()))
            headers = dict(message.headers())
            named = headers.get("vendor_event_id")
            self._said.add(named.decode() if named else digest(self._clear(message, headers)))
            return
        decoded = decode(value)
        assert decoded.record != "set_aside", decoded.value
        origin = decoded.value["meta"]["lineage"]
        self._through.add((origin["topic"], origin["partition"], origin["offset"]))

    def _clear(self, message: Any, headers: Mapping[str, bytes]) -> bytes:
        """The bytes as they were said: the same said twice is sealed in two ways."""
        if KID not in headers:
            return bytes(message.value())
        return self._unsealer.open(headers[KID], message.key() or b"", message.value())
