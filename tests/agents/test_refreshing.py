"""What is still true is said again before Kafka drops it, and the last word stays the last."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from preau.agents import refreshing
from preau.agents.refreshing import AGE_MS, Refreshing
from preau.broker.backlog import Backlog, Timed
from preau.broker.publisher import Publisher
from preau.broker.records import Arrival, Output
from preau.canon.cloudevents import header_list
from preau.canon.codec import decode, encode
from preau.clock import SetClock, SystemClock
from preau.ids import event_id

LATER = AGE_MS + 60_000


def group(local: str, version: int, *, deleted: bool = False) -> bytes:
    meta = {
        "event_id": event_id("ecole", local, str(version)),
        "instance": "ecole",
        "connector": "beneylu",
        "source_id": local,
        "version": version,
        "deleted": deleted,
        "occurred_at": version,
        "received_at": version,
        "lineage": {"topic": "preau.intake.x", "partition": 0, "offset": version, "path": ""},
    }
    return encode("group", {"meta": meta, "kind": "CLASS", "name": f"CM2 {local}"})


class Kept:
    """One partition of one topic, held in memory; `before` is called before each writing."""

    topic = "preau.canon.group"

    def __init__(self) -> None:
        self.log: list[Timed] = []
        self.before: Callable[[], None] = lambda: None

    def add(self, key: str, value: bytes | None, at: int) -> None:
        headers = dict(header_list("group", "ecole", event_id("ecole", key, str(at)), at))
        place = (self.topic, 0, len(self.log))
        self.log.append(Timed(Arrival(*place, f"ecole/{key}".encode(), value, headers), at))

    def partitions(self, topics: Sequence[str]) -> list[tuple[str, int]]:
        assert self.topic in topics
        return [(self.topic, 0)]

    def partition(self, topic: str, partition: int, start: int = 0) -> Iterator[Timed]:
        assert (topic, partition) == (self.topic, 0)
        yield from self.log[start:]

    def write(self, outputs: Sequence[Output]) -> None:
        self.before()
        for each in outputs:
            place = (each.topic, 0, len(self.log))
            arrival = Arrival(*place, each.key, each.value, dict(each.headers))
            self.log.append(Timed(arrival, LATER))

    def last(self, key: str) -> bytes | None:
        return [t.arrival.value for t in self.log if t.arrival.key == f"ecole/{key}".encode()][-1]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def work(kept: Kept) -> Refreshing:
    return Refreshing(kept, kept.write, SetClock(LATER))


def test_what_is_old_and_still_true_is_said_again_byte_for_byte(
    kept: Kept, work: Refreshing
) -> None:
    kept.add("1", group("1", 1), at=0)
    kept.add("1", group("1", 2), at=1)
    kept.add("2", group("2", 1), at=LATER - 1)
    assert work.run() == 1
    again = kept.log[-1].arrival
    assert again[3:] == kept.log[1].arrival[3:]
    assert work.run() == 0


def test_what_was_deleted_or_is_unreadable_is_left_to_go(kept: Kept, work: Refreshing) -> None:
    kept.add("1", group("1", 1), at=0)
    kept.add("1", group("1", 2, deleted=True), at=1)
    kept.add("2", group("2", 1), at=0)
    kept.add("2", None, at=1)
    kept.add("3", b"\0", at=0)
    assert work.run() == 0


@pytest.mark.parametrize("newer", [group("1", 5), None], ids=["a change", "a tombstone"])
def test_a_word_that_comes_just_before_the_repeat_stays_the_last(
    kept: Kept, work: Refreshing, newer: bytes | None
) -> None:
    kept.add("1", group("1", 4), at=0)
    kept.before = once(lambda: kept.add("1", newer, at=LATER))
    assert work.run() == 1
    assert kept.last("1") == newer


def test_a_word_that_comes_after_the_repeat_is_left_alone(kept: Kept, work: Refreshing) -> None:
    kept.add("1", group("1", 4), at=0)
    kept.add("2", group("2", 4), at=0)
    work.run()
    kept.add("1", group("1", 5), at=LATER)
    assert work.run() == 0
    assert len(kept.log) == 5


def once(act: Callable[[], None]) -> Callable[[], None]:
    waiting = [act]
    return lambda: waiting.pop()() if waiting else None


@pytest.mark.kafka
def test_on_a_real_kafka_it_is_the_same(
    kafka: str, fresh_topic: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = fresh_topic("canon", partitions=3)
    monkeypatch.setattr(refreshing, "TOPICS", (topic, "no-such-topic"))
    monkeypatch.setattr(refreshing, "_CHUNK", 7)
    headers = [("trace", os.urandom(4))]
    states = [Output(topic, f"{n}".encode(), group(f"{n}", 1), headers) for n in range(50)]
    shelf = Backlog(kafka)
    with Publisher(kafka) as publisher:
        publisher.publish(states)
        now = SystemClock().now_ms()
        assert Refreshing(shelf, publisher.publish, SetClock(now)).run() == 0
        assert Refreshing(shelf, publisher.publish, SetClock(now + LATER)).run() == 50
    found: dict[bytes | None, list[Any]] = {}
    for batch in shelf.read([topic]):
        for each in batch:
            assert each.headers == dict(headers)
            found.setdefault(each.key, []).append(decode(each.value or b"").value)
    assert len(found) == 50
    assert all(first == again for first, again in found.values())
