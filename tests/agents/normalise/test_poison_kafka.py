"""Pills of thirty kinds among what is good, on a real Kafka: no other key waits, and order stands.

Normalise, identity and projects run at once, each in its loop, on topics of this test. A stall is
the time from when an event was received to when a step had worked it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import orjson
import pytest

from preau.agents.identity import Identity
from preau.agents.loop import Loop
from preau.agents.projects import ProjectsStep
from preau.broker.admin import NewTopic, opened
from preau.broker.publisher import Publisher
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, INTAKE, SET_ASIDE
from preau.canon.codec import decode, encode
from preau.errors import SetAside
from preau.keys.likeness import Likeness
from preau.keys.seal import Opener
from preau.store import said

pytestmark = [pytest.mark.kafka, pytest.mark.faults]
GOOD, KEYS, RATE = 1_000, 50, 500
STALL_MS = 1_000
PAUSE = 0.02
NAMED = {"event": "PUPIL", "id": 1, "name": "DELPRAT", "born": "2016-03-09"}
BODIES: tuple[object, ...] = (
    *(b"", b"{", b"[]", b"null", b"\xff\xfe", b"\x00" * 64, b"0" * 5_000, b"[" * 5_000),
    *(b'{"event":"PUPIL","id":NaN}', b'{"event":"PUPIL","id":"\\u0000"}', b'"\\ud800"'),
    *({"event": "UNHEARD_OF"}, {"event": 7}, {"event": ["PUPIL"]}, {}, {"event": "PUPIL"}),
    *({**NAMED, "born": "the day before"}, {**NAMED, "id": {"a": 1}}, {**NAMED, "id": ""}),
    {**NAMED, "id": "pill", "name": "x" * 980_000},
)
"""Twenty things that a vendor may say and that become nothing."""
VALUES = (
    *(b"", b"\x00", b"\x01" * 40, b"\x00\x00\x00\x00\x00", b"\x00\x7f\xff\xff\xff" + b"a" * 30),
    *(b"\x00" * 5_000, encode("receipt", {}), encode("erasure", {})[:-1]),
)
"""What nobody of ours ever writes to a canonical topic."""


class Timed:
    """A step on the topics of this test; it notes how long each good event had waited."""

    def __init__(self, step: Any, suffix: str) -> None:
        self.name = f"{step.name}-{suffix}"
        self._step = step
        self._suffix = suffix
        self.seen: list[tuple[str, int, int]] = []

    def topics(self) -> list[str]:
        return [self._ours(topic) for topic in self._step.topics()]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        theirs = [each._replace(topic=each.topic.removesuffix(self._suffix)) for each in batch]
        outputs = list(self._step.handle(theirs))
        now = time.time_ns() // 1_000_000
        for arrival in theirs:
            if (told := _told(arrival)) is not None:
                self.seen.append((told[0], told[1], now - told[1]))
        return [each._replace(topic=self._ours(each.topic)) for each in outputs]

    def worst(self) -> int:
        """The longest stall, in ms."""
        return max(stall for _, _, stall in self.seen)

    def _ours(self, topic: str) -> str:
        return topic + self._suffix


def _told(arrival: Arrival) -> tuple[str, int] | None:
    """The key and the time of reception of a good event; None for a pill and for anything else."""
    if b"pill" in (arrival.key or b"pill"):
        return None
    if arrival.topic.startswith(INTAKE):
        return (arrival.key or b"").decode(), int(arrival.headers["received_at"])
    try:
        meta = decode(arrival.value or b"").value["meta"]
    except (SetAside, KeyError):
        return None
    return str(meta["source_id"]), int(meta["received_at"])


@pytest.fixture
def chain(kafka: str, houses: Any, fresh_name: Callable[[str], str]) -> Iterator[Any]:
    """The three steps, running; told to stop and looked at in the end."""
    name = fresh_name("")[-8:]
    suffix, house = f"-{name}", houses(f"essai-{name}")
    clock = house.clock
    reading = Opener(house.book, clock)
    told = ProjectsStep(house.engine, lambda _i: None, lambda _i, person: person[:26], clock)
    steps = {
        "normalise": Timed(house.step, suffix),
        "identity": Timed(Identity(house.engine, reading, Likeness(b"s"), clock), suffix),
        "projects": Timed(told, suffix),
    }
    wanted = {topic for step in steps.values() for topic in step.topics()}
    wanted |= {f"{SET_ASIDE}essai-{name}{suffix}"}
    with opened(kafka) as admin:
        admin.create_topics([NewTopic(t, 2, 1) for t in sorted(wanted)], wait_for_metadata=True)
    loops = [Loop(kafka, step) for step in steps.values()]
    with ThreadPoolExecutor(len(loops)) as pool, Publisher(kafka) as publisher:
        running: list[Future[None]] = [pool.submit(loop.run) for loop in loops]
        yield name, suffix, house, steps, publisher
        for loop in loops:
            loop.stop()
        for each in running:
            each.result(60)


def good(name: str, suffix: str, number: int) -> Output:
    """A pupil or a class, each of fifty in turn, received now."""
    id_ = number % KEYS
    event: dict[str, object] = {"event": "CLASS", "id": id_, "name": f"CM2 {number}"}
    if number % 2:
        event = {**NAMED, "id": id_}
    at = str(time.time_ns() // 1_000_000).encode()
    headers = [("instance", b"ecole"), ("received_at", at)]
    key, topic = f"ecole/{id_}".encode(), f"{INTAKE}essai-{name}{suffix}"
    return Output(topic, key, orjson.dumps(event), headers)


def pills(name: str, suffix: str) -> list[Output]:
    """Every kind: what a vendor says, headers that are not ours, and strange canonical records."""
    intake = f"{INTAKE}essai-{name}{suffix}"
    at = str(time.time_ns() // 1_000_000).encode()
    usual = [("instance", b"ecole"), ("received_at", at)]
    made = [
        Output(intake, f"pill/{n}".encode(), b if isinstance(b, bytes) else orjson.dumps(b), usual)
        for n, b in enumerate(BODIES)
    ]
    made += [
        Output(intake, b"pill/h", b"{}", headers)
        for headers in ([], [("instance", b"\xff")], [("instance", b"ecole")], [*usual[:1]] * 2)
    ]
    made.append(Output(intake, b"pill/t", None, usual))
    for record in ("person", "group", "share"):
        topic = f"{CANON}{record}{suffix}"
        made += [Output(topic, f"pill/{n}".encode(), v, []) for n, v in enumerate(VALUES)]
        made += [Output(topic, key, VALUES[6], []) for key in (None, b"\xff\xfe", b"pill")]
        made.append(Output(topic, b"pill", None, []))
    return made


def spread(name: str, suffix: str, publisher: Publisher, waiting: list[Output]) -> None:
    """Good events at a steady rate, with what waits mixed in evenly."""
    portion, every = int(RATE * PAUSE), max(1, GOOD // max(1, len(waiting)))
    for first in range(0, GOOD, portion):
        batch = [good(name, suffix, number) for number in range(first, first + portion)]
        while waiting and (GOOD - first) <= len(waiting) * every:
            batch.insert(len(batch) // 2, waiting.pop())
        publisher.publish(batch)
        time.sleep(PAUSE)  # the rate, not a wait for something
    publisher.publish(waiting)


def worked(steps: dict[str, Timed], counts: dict[str, int]) -> None:
    limit = time.monotonic() + 60
    while any(len(steps[name].seen) < count for name, count in counts.items()):
        assert time.monotonic() < limit, {name: len(step.seen) for name, step in steps.items()}
        time.sleep(0.01)


def test_a_pill_stalls_no_other_key_and_order_stands(
    chain: Any, record_property: Callable[[str, object], None]
) -> None:
    name, suffix, house, steps, publisher = chain
    once = {"normalise": GOOD, "identity": GOOD // 2, "projects": GOOD // 2}
    spread(name, suffix, publisher, [])
    worked(steps, once)
    calm = {each: step.worst() for each, step in steps.items()}
    for step in steps.values():
        step.seen.clear()
    spread(name, suffix, publisher, pills(name, suffix))
    worked(steps, once)
    ill = {each: step.worst() for each, step in steps.items()}
    record_property("stalls_ms", f"calm {calm}, with pills {ill}")
    assert {e: ill[e] for e in ill if ill[e] > STALL_MS + calm[e]} == {}
    for step in steps.values():
        for key in {each[0] for each in step.seen}:
            at = [moment for k, moment, _ in step.seen if k == key]
            assert at == sorted(at), f"{step.name}: {key} out of order"
    with house.engine.connect() as connection:
        kept = said.states(connection, "group", [f"ecole/{n}" for n in range(0, KEYS, 2)])
    assert {state.fields["name"] for state in kept.values()} == {
        f"CM2 {GOOD - KEYS + n}" for n in range(0, KEYS, 2)
    }
