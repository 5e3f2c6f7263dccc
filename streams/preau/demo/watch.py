"""What went through the hub, read from its Kafka: events in, events out, events set aside.

Every event is counted once: it is out when it gave canonical records and none of it was set
aside. A command of the API counts as an event whose record is `project` or `sector`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import confluent_kafka as ck

from preau.broker.clients import consumer_settings
from preau.broker.topics import CANON, INTAKE, SET_ASIDE
from preau.canon.codec import decode
from preau.errors import TryAgain

_ANSWER_S, _CALM_S = 10.0, 0.05
_AT_ONCE = 500
_COMMANDS, _MANDATES = {f"{CANON}project", f"{CANON}sector"}, f"{CANON}mandate"
Origin = tuple[str, int, int]
"""Topic, partition and offset of an event, or of the record that alone tells of it."""


class Counted(NamedTuple):
    """Events since the start: heard, gone through, set aside; and the canonical records made."""

    heard: int = 0
    out: int = 0
    aside: int = 0
    records: int = 0


class Account:
    """The sums of what was read so far; a record read twice counts once."""

    def __init__(self) -> None:
        self._heard: set[Origin] = set()
        self._through: set[Origin] = set()
        self._aside: set[Origin] = set()
        self._records: set[Origin] = set()

    def note(self, here: Origin, value: bytes | None) -> None:
        """One record of an intake, canonical or set-aside topic; tombstones tell nothing."""
        topic = here[0]
        if topic.startswith(INTAKE):
            self._heard.add(here)
        elif value is None:
            return
        elif topic.startswith(SET_ASIDE):
            origin = _origin(decode(value).value) or here
            self._heard.add(origin)  # what a reader could not read has no record of its own
            self._aside.add(origin)
        else:
            origin = _origin(decode(value).value["meta"]["lineage"]) or here
            if topic in _COMMANDS:
                self._heard.add(origin)
            self._through.add(origin)
            self._records.add(here)

    def sums(self) -> Counted:
        """The sums by now."""
        through = self._through - self._aside
        return Counted(len(self._heard), len(through), len(self._aside), len(self._records))


class Watch:
    """Follows the hub's topics from their beginning, in no consumer group; one thread uses it."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = ck.Consumer(consumer_settings(bootstrap, "preau-demo-watch"))
        self._account = Account()
        self._follow()

    def close(self) -> None:
        """Closes its connections."""
        self._consumer.close()

    def read(self) -> Counted:
        """The sums, with everything that Kafka has by now."""
        while messages := self._consumer.consume(_AT_ONCE, timeout=_CALM_S):
            for message in messages:
                if (error := message.error()) is not None:
                    raise TryAgain("KAFKA_READ", f"Kafka does not answer ({error.name()})")
                place = str(message.topic()), message.partition() or 0, message.offset() or 0
                self._account.note(place, message.value())
        return self._account.sums()

    def _follow(self) -> None:
        topics = self._consumer.list_topics(timeout=_ANSWER_S).topics
        self._consumer.assign(
            [
                ck.TopicPartition(name, partition, ck.OFFSET_BEGINNING)
                for name, topic in topics.items()
                if name.startswith((INTAKE, CANON, SET_ASIDE))
                and name != _MANDATES  # they follow from commands, which are counted
                for partition in topic.partitions
            ]
        )


def _origin(said: dict[str, Any]) -> Origin | None:
    """Where an event's bytes lie; None when they lie nowhere in Kafka."""
    return (said["topic"], said["partition"], said["offset"]) if said["topic"] else None
