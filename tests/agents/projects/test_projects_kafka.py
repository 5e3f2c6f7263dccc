"""Identity and projects on a real Kafka, each killed again and again just before it hands over."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import confluent_kafka as ck
import pytest

from preau.agents.identity import Identity
from preau.broker.admin import NewTopic, opened
from preau.broker.publisher import Publisher
from preau.broker.records import Arrival, Output
from preau.broker.topics import RULING
from preau.canon.codec import decode
from preau.clock import SystemClock
from preau.keys.likeness import Likeness
from preau.keys.master import open_master_key
from preau.keys.seal import Opener
from preau.store import persons
from preau.store.subject_keys import SubjectKeys

PUPILS = 400
CLASSES = 10
LIVES = (1, 3, 2, 5, 0)
"""After how many batches each process dies; the last one lives."""
PARTITIONS = 2
Enough = Callable[[dict[str, bytes]], bool]
"""Whether these values, by event id, are all that is waited for."""


class Line:
    """The topics of one test, and processes of the two steps between them."""

    def __init__(self, kafka: str, database: str, key: Path, suffix: str) -> None:
        self._kafka = kafka
        self.database = database
        self._key = key
        self._suffix = suffix

    def make(self, topics: list[str]) -> None:
        with opened(self._kafka) as admin:
            new = [NewTopic(f"{topic}-{self._suffix}", PARTITIONS, 1) for topic in topics]
            admin.create_topics(new, wait_for_metadata=True)

    def put(self, arrivals: list[Arrival]) -> None:
        with Publisher(self._kafka) as publisher:
            publisher.publish(
                [Output(f"{a.topic}-{self._suffix}", a.key, a.value, []) for a in arrivals]
            )

    def work(self, step: str, topics: list[str], enough: Enough) -> int:
        """One process after another, until the last has written enough; how many were killed."""
        died = 0
        program = str(Path(__file__).with_name("chain.py"))
        for last in LIVES:
            said = [step, self.database, str(self._key), self._kafka, self._suffix, str(last)]
            with subprocess.Popen([sys.executable, program, *said], stdin=subprocess.PIPE) as life:
                try:
                    if last:
                        died += life.wait(60) == -signal.SIGKILL
                    else:
                        self.read(topics, enough)
                finally:
                    life.communicate(timeout=60)
        return died

    def read(self, topics: list[str], enough: Enough) -> set[bytes]:
        """Every value of these topics, once what is known by event id is enough (60 s at most)."""
        reader = ck.Consumer({"bootstrap.servers": self._kafka, "group.id": "reader"})
        names = [f"{topic}-{self._suffix}" for topic in topics]
        reader.assign([ck.TopicPartition(n, p, 0) for n in names for p in range(PARTITIONS)])
        values: set[bytes] = set()
        known: dict[str, bytes] = {}
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            message = reader.poll(0.1)
            if message is not None and message.error() is None:
                values.add(message.value() or b"")
                known[decode(message.value() or b"").value["event_id"]] = message.value() or b""
            elif enough(known):
                break
        reader.close()
        assert enough(known)
        return values


@pytest.fixture
def line(
    kafka: str, databases: Callable[[], str], tmp_path: Path, fresh_name: Callable[[str], str]
) -> Line:
    return Line(kafka, databases(), tmp_path / "line.key", fresh_name("line"))


def people(say: Any) -> list[Arrival]:
    """Each pupil twice: in the State's files and in the collège's ENT, under one number."""
    known = [
        say.record(
            "person",
            f"{instance}/{number}",
            profile="PUPIL",
            national_ref={"academy": "11", "degree": "SECOND", "jointure": str(number)},
        )
        for instance in ("aaf", "college")
        for number in range(PUPILS)
    ]
    random.Random(7).shuffle(known)  # so that most decisions move somebody of an earlier batch
    return known


def directory(say: Any) -> list[Arrival]:
    classes = [say.group(f"aaf/c{number}") for number in range(CLASSES)]
    pupils = [say.member(f"aaf/c{n % CLASSES}", f"aaf/{n}") for n in range(PUPILS)]
    return [*classes, say.group("ecole/5121"), *pupils]


def calm(hub: Any, folder: Path, said: list[Arrival], known: list[Arrival]) -> set[str]:
    """The ids of what both ENTs are told when nothing is ever killed."""
    clock = SystemClock()
    book = SubjectKeys(hub.engine, open_master_key(folder / "master.key", fresh=True))
    links = Identity(hub.engine, Opener(book, clock), Likeness(b"secret"), clock).handle(known)
    arrivals = [Arrival(link.topic, 0, 0, link.key, link.value, {}) for link in links]
    return {each["event_id"] for each in hub.hear(*said, *arrivals)}


def sources(links: Iterable[bytes]) -> set[str]:
    return {decode(value).value["source"] for value in links}


@pytest.mark.kafka
@pytest.mark.faults
def test_nothing_is_lost_and_every_id_stands_when_both_steps_are_killed(
    line: Line, hub: Any, say: Any, ecole: Any, college: Any, tmp_path: Path
) -> None:
    place = college._replace(groups=tuple(f"aaf/c{number}" for number in range(CLASSES)))
    known, said = people(say), [hub.project(ecole, place), *directory(say)]
    expected = calm(hub, tmp_path, said, known)
    assert len(expected) == PUPILS + 3
    shares = ["preau.share.ecole", "preau.share.college"]
    line.make(["preau.canon.person", RULING, *hub.step.topics(), *shares])
    line.put(known)
    everybody = {(arrival.key or b"").decode() for arrival in known}

    def all_linked(links: dict[str, bytes]) -> bool:
        return sources(links.values()) == everybody

    assert line.work("identity", ["preau.link"], all_linked) == len(LIVES) - 1
    links = [decode(value).value for value in line.read(["preau.link"], all_linked)]
    assert len({link["event_id"] for link in links}) == len(links)  # one id, one content
    last = {link["source"]: link for link in sorted(links, key=lambda link: link["version"])}
    for number in range(PUPILS):
        assert last[f"aaf/{number}"]["person"] == last[f"college/{number}"]["person"]

    other = type(hub)(line.database)
    with other.engine.connect() as connection:
        kept = persons.entries(connection, everybody).values()
    told = [(link["source"], link["person"], link["version"]) for link in last.values()]
    assert sorted(told) == sorted((each.source, each.person, each.decisions) for each in kept)
    line.put([other.project(ecole, place), *said[1:]])
    other.engine.dispose()

    def all_told(told: dict[str, bytes]) -> bool:
        return told.keys() >= expected

    assert line.work("projects", shares, all_told) == len(LIVES) - 1
    shared = [decode(value).value for value in line.read(shares, all_told)]
    assert {each["event_id"] for each in shared} == expected
    assert len(shared) == len(expected)  # whatever was sent twice was the same, byte for byte
