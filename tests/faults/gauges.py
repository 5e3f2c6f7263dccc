"""How far a hub is: events accepted, deliveries done, and whether nothing is under way any more."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

import confluent_kafka as ck
import sqlalchemy as sa
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from preau.app.files import DEPOSIT
from preau.app.step_topics import reads
from preau.broker.clients import consumer_settings
from preau.broker.topics import INTAKE, SHARE
from preau.errors import TryAgain
from preau.inlets.filedrop import UNDER_WAY
from tests.faults.world import World

_ANSWER_S = 10.0
_DONE = sa.text("select count(*) from delivery where state = 'DONE'")
_OPEN = sa.text(
    "select (select count(*) from delivery where state <> 'DONE')"
    " + (select count(*) from outgoing where sent = false)"
    " + (select count(*) from project_turn)"
)
Spot = tuple[str, int]


def _named(names: Iterable[str], topics: Iterable[str]) -> list[str]:
    """These topics; a name that begins with `^` is a pattern, as Kafka's clients read it."""
    found = [name for name in names if not name.startswith("^")]
    patterns = [re.compile(name) for name in names if name.startswith("^")]
    return found + [each for each in topics if any(one.match(each) for one in patterns)]


class Gauges:
    """Asks Kafka, the store and the ENTs of one world; one thread uses it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._admin = self._new()
        steps = reads(world.control.catalogue.names())
        topics = self._admin.list_topics(timeout=_ANSWER_S).topics
        steps["deliver"] = [name for name in topics if name.startswith(SHARE)]
        self._reads: dict[str, list[Spot]] = {
            step: [
                (name, part) for name in _named(names, topics) for part in topics[name].partitions
            ]
            for step, names in steps.items()
        }
        self._members = {
            step: ck.Consumer(consumer_settings(world.hub.bootstrap, f"preau-{step}"))
            for step in steps
        }

    def close(self) -> None:
        """Closes its connections."""
        for consumer in self._members.values():
            consumer.close()

    def read(self, gauge: str) -> int:
        """`accepted` (records of the intake topics) or `delivered`, since the world began."""
        if gauge == "delivered":
            with self._world.control.engine.connect() as connection:
                return int(connection.execute(_DONE).scalar_one())
        intake = [spot for spot in self._reads["normalise"] if spot[0].startswith(INTAKE)]
        return sum(self._ends(intake).values())

    def passed(self, gauge: str, count: int) -> bool:
        """Whether a gauge has come so far; no as long as Kafka or the database does not answer."""
        try:
            return self.read(gauge) >= count
        except (ck.KafkaException, TryAgain):
            return False

    def busy(self) -> str:
        """What is under way, in words; looked at twice, each time from the source to the end."""
        try:
            first, ends = self._look()
            return first or self._look()[0] or ("" if ends == self._look()[1] else "Kafka grows")
        except ck.KafkaException as error:
            self._admin = self._new()  # the old one knows the epochs of a Kafka that was killed
            return f"Kafka does not answer: {error}"
        except TryAgain as error:
            return str(error)

    def _new(self) -> AdminClient:
        logger: Any = logging.getLogger("kafka.client")
        return AdminClient({"bootstrap.servers": self._world.hub.bootstrap, "logger": logger})

    def _look(self) -> tuple[str, dict[Spot, int]]:
        if self._unread():
            return "a dropped file", {}
        for name in self._world.ents:
            if unsent := self._world.ask(name, "GET /_sandbox/emits")["unsent"]:
                return f"{unsent} events of {name} not accepted", {}
        ends = self._ends({spot for spots in self._reads.values() for spot in spots})
        for step, spots in self._reads.items():
            asked = [ck.TopicPartition(*spot) for spot in spots]
            told: list[Any] = self._members[step].committed(asked, timeout=_ANSWER_S)
            lag = sum(ends[at.topic, at.partition] - max(0, at.offset) for at in told)
            if lag:
                return f"{lag} records wait for {step}", {}
        with self._world.control.engine.connect() as connection:
            left = connection.execute(_OPEN).scalar_one()
        return f"{left} deliveries" if left else "", ends

    def _unread(self) -> bool:
        """Whether a dropped file lies where it was dropped, or where it is being read."""
        depots = [self._world.settings.folder / DEPOSIT / name for name in self._world.ents]
        folders = [folder for depot in depots for folder in (depot, depot / UNDER_WAY)]
        return any(each.is_file() for folder in folders for each in folder.glob("[!.]*"))

    def _ends(self, spots: Iterable[Spot]) -> dict[Spot, int]:
        latest: Any = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        asked = {ck.TopicPartition(*spot): latest for spot in spots}
        told = self._admin.list_offsets(asked, request_timeout=_ANSWER_S)
        return {(at.topic, at.partition): found.result().offset for at, found in told.items()}
