"""On a real Kafka, a process killed amid its work and started again leaves the same records."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import confluent_kafka as ck
import pytest

from preau.broker.clients import consumer_settings, producer_settings
from preau.broker.gate import ensure_topics
from preau.broker.records import Arrival
from preau.broker.topics import CANON, INTAKE, SET_ASIDE, Size, canon, intake, set_aside
from preau.canon.codec import decode

pytestmark = [pytest.mark.kafka, pytest.mark.faults]
EVENTS, PEOPLE, LIMIT_S = 4_000, 50, 90
PROCESS = """
import importlib.util, signal, sys
from preau.agents.loop import Loop
spec = importlib.util.spec_from_file_location("house", sys.argv[1])
house = importlib.util.module_from_spec(spec)
spec.loader.exec_module(house)
database, kafka, connector, batches = sys.argv[2:]
step = house.House(database, connector).step
step.name, left, handle = connector, int(batches), step.handle
def counted(batch):
    global left
    if left == 0:
        print("stuck", flush=True)
        signal.pause()
    left -= 1
    return handle(batch)
step.handle = counted
Loop(kafka, step).run()
"""


class Said(NamedTuple):
    """One record that came out."""

    topic: str
    key: bytes
    id: bytes


@pytest.fixture
def connector(kafka: str, fresh_name: Callable[[str], str]) -> str:
    """A product of its own with its topics, and the canonical topics for all."""
    name = f"essai-{fresh_name('')[-8:]}"
    size = Size(partitions=2)
    ensure_topics(kafka, [intake(name, size), set_aside(name), canon("person"), canon("group")])
    return name


@pytest.fixture
def life(database: str, kafka: str, connector: str) -> Iterator[Callable[[int], Any]]:
    """Starts a process that works so many batches and then hangs amid the next; -1: never."""
    started: list[subprocess.Popen[bytes]] = []
    house = str(Path(__file__).with_name("conftest.py"))

    def start(batches: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", PROCESS, house, database, kafka, connector]
        started.append(subprocess.Popen([*command, str(batches)], stdout=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def events(connector: str, instance: bytes, pupil: Any, arrive: Any) -> list[Arrival]:
    """Every seventh is broken, every tenth is a class, the others are of fifty people in turn."""
    made = []
    for number in range(EVENTS):
        said = pupil(number % PEOPLE, born="?" if number % 7 == 0 else "2016-03-09", n=number)
        if number % 10 == 0:
            said = {"event": "CLASS", "id": number % PEOPLE, "name": f"CM2 {number}"}
        one = arrive(said, instance=instance)
        made.append(one._replace(topic=INTAKE + connector, key=str(number % PEOPLE).encode()))
    return made


def fill(kafka: str, arrivals: list[Arrival]) -> None:
    producer = ck.Producer(producer_settings(kafka))
    for one in arrivals:
        producer.produce(one.topic, one.value, one.key, headers=list(one.headers.items()))
    assert producer.flush(30) == 0


class Outcome:
    """What comes out for one instance, read as it comes."""

    def __init__(self, kafka: str, connector: str, instance: bytes) -> None:
        self._reader = ck.Consumer(consumer_settings(kafka, f"reader-{connector}"))
        topics = [f"{CANON}person", f"{CANON}group", SET_ASIDE + connector]
        self._reader.subscribe(topics)
        self._instance = instance
        self.seen: list[Said] = []

    def until(self, enough: Callable[[list[Said]], bool]) -> list[Said]:
        """Reads until there is enough."""
        limit = time.monotonic() + LIMIT_S
        while not enough(self.seen):
            assert time.monotonic() < limit, f"{len(self.seen)} records only"
            for message in self._reader.consume(500, 0.2):
                record: Any = message  # the client leaves open what is never absent here
                headers = dict(record.headers())
                if headers["ce_source"] == b"urn:preau:" + self._instance:
                    assert decode(record.value()).record in headers["ce_type"].decode()
                    self.seen.append(Said(record.topic(), record.key(), headers["ce_id"]))
        return self.seen

    def close(self) -> None:
        self._reader.close()


def test_a_process_killed_amid_its_work_repeats_it_with_the_same_ids(
    kafka: str, connector: str, life: Any, houses: Any, pupil: Any, arrive: Any
) -> None:
    instance, house = connector.encode(), houses(connector)
    arrivals = events(connector, instance, pupil, arrive)
    wanted = [Said(o.topic, o.key, dict(o.headers)["ce_id"]) for o in house.step.handle(arrivals)]
    fill(kafka, arrivals)
    outcome = Outcome(kafka, connector, instance)

    stuck = life(2)
    assert stuck.stdout.readline() == b"stuck\n"
    outcome.until(lambda seen: len(seen) > 100)
    os.kill(stuck.pid, signal.SIGKILL)
    stuck.wait()
    life(-1)
    ids = {each.id for each in wanted}
    seen = outcome.until(lambda seen: ids <= {each.id for each in seen})
    outcome.close()

    assert {each.id for each in seen} == ids
    assert len(ids) == EVENTS
    assert max(Counter(each.id for each in seen).values()) == 2, "nothing was repeated"
    # set-asides of one instance come from several partitions: no order is promised between them
    for key in {each[:2] for each in wanted if each.topic.startswith(CANON)}:
        first = dict.fromkeys(each.id for each in seen if each[:2] == key)
        assert list(first) == [each.id for each in wanted if each[:2] == key]
