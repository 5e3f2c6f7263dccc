"""On a real Kafka: a ruling reaches the step, its links come out, and all can be read again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import confluent_kafka as ck
import pytest

from preau.agents.loop import Loop
from preau.agents.ruling_record import told as record
from preau.broker.admin import NewTopic, opened
from preau.broker.clients import consumer_settings
from preau.broker.publisher import Publisher
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode
from preau.store import rulings
from preau.store.rulings import APART, SAME, Ruling

ECOLE, COLLEGE, ENT = "ecoles/1", "colleges/2", "ent/3"
INE = "a" * 64
NOW = 1_791_793_800_000
SAID = Ruling("r1", SAME, (ECOLE,), (COLLEGE,), "cm2_to_6e", (), "PRINCIPAL", NOW)
SPLIT = Ruling("r2", APART, (ENT,), (COLLEGE,), "", (), "DASEN", NOW)
TOPICS = ("preau.canon.person", "preau.ruling", "preau.link")


class Apart:
    """The step on topics of its own; each name that it has reads from the beginning."""

    def __init__(self, step: Any, suffix: str, name: str) -> None:
        self.name = f"identity-{suffix}-{name}"
        self._step = step
        self._suffix = suffix

    def topics(self) -> list[str]:
        return [f"{topic}-{self._suffix}" for topic in self._step.topics()]

    def opening(self) -> list[Output]:
        return self._moved(self._step.opening())

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        return self._moved(self._step.handle(batch))

    def acknowledged(self) -> None:
        self._step.acknowledged()

    def _moved(self, outputs: Sequence[Output]) -> list[Output]:
        return [each._replace(topic=f"{each.topic}-{self._suffix}") for each in outputs]


class Hub:
    """A Kafka with the three topics of one test, and lives of the step on it."""

    def __init__(self, kafka: str, suffix: str) -> None:
        self.kafka, self.suffix = kafka, suffix
        with opened(kafka) as admin:
            made = [NewTopic(f"{topic}-{suffix}", 1, 1) for topic in TOPICS]
            admin.create_topics(made, wait_for_metadata=True)

    def say(self, *said: Arrival | Output) -> None:
        with Publisher(self.kafka) as publisher:
            publisher.publish(
                [Output(f"{each.topic}-{self.suffix}", each.key, each.value, []) for each in said]
            )

    def live(self, registry: Any, name: str, until: Callable[[], bool]) -> None:
        """The step works until this holds."""
        loop = Loop(self.kafka, Apart(registry.step(), self.suffix, name))
        running = threading.Thread(target=loop.run)
        running.start()
        try:
            limit = time.monotonic() + 60
            while not until():
                assert time.monotonic() < limit
                assert running.is_alive()
                time.sleep(0.05)
        finally:
            loop.stop()
            running.join()

    def links(self) -> dict[str, dict[str, Any]]:
        """The last link of each source."""
        reader = ck.Consumer(consumer_settings(self.kafka, f"reader-{self.suffix}"))
        topic = f"preau.link-{self.suffix}"
        reader.assign([ck.TopicPartition(topic, 0, 0)])
        _, end = reader.get_watermark_offsets(ck.TopicPartition(topic, 0), 30)
        found: dict[str, dict[str, Any]] = {}
        for message in reader.consume(end, 30) if end else []:
            value = decode(message.value() or b"").value
            found[value["source"]] = value
        reader.close()
        return found


@pytest.mark.kafka
def test_rulings_come_by_kafka_and_a_hub_that_reads_all_again_finds_the_same(
    kafka: str, registry: Any, fresh_name: Any
) -> None:
    hub = Hub(kafka, fresh_name("ruled"))
    people = [registry.person(ECOLE), *(registry.person(s, ine=INE) for s in (COLLEGE, ENT))]
    hub.say(*people, record(SAID), record(SPLIT))
    wanted = {frozenset({ECOLE, COLLEGE}), frozenset({ENT})}
    hub.live(registry, "first", lambda: registry.people() == wanted)
    links = hub.links()
    assert links[ECOLE]["person"] == links[COLLEGE]["person"] != links[ENT]["person"]
    assert (links[ECOLE]["confirmed_by"], links[ENT]["confirmed_by"]) == ("PRINCIPAL", "DASEN")
    registry.forget_everything()
    hub.live(registry, "again", lambda: registry.people() == wanted)


@pytest.mark.kafka
def test_a_ruling_that_only_the_store_has_is_on_kafka_after_the_next_start(
    kafka: str, registry: Any, fresh_name: Any
) -> None:
    """Whoever ruled died before the record left."""
    hub = Hub(kafka, fresh_name("ruled"))
    hub.say(registry.person(ECOLE), registry.person(COLLEGE))
    hub.live(registry, "first", lambda: len(registry.people()) == 2)
    with registry.engine.begin() as connection:
        rulings.put(connection, [SAID])
    hub.live(registry, "second", lambda: not due(registry))
    registry.forget_everything()
    hub.live(registry, "again", lambda: registry.people() == {frozenset({ECOLE, COLLEGE})})


def due(registry: Any) -> list[Ruling]:
    with registry.engine.connect() as connection:
        return rulings.due(connection, 1)
