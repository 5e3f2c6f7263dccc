"""A loop to which nothing comes though records wait ends, so that the next can begin anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest

import preau.agents.loop
from preau.agents.loop import Loop
from preau.broker.standstill import Places, waiting
from preau.errors import TryAgain
from tests.agents.echo import Echo, fill, work

pytestmark = pytest.mark.kafka
MakeTopic = Callable[..., str]


class Stilled(Echo):
    """Takes a batch; then its consumer is paused, as if it never fetched again. More comes."""

    def __init__(self, kafka: str, name: str, source: str, target: str) -> None:
        super().__init__(name, source, target, 1_000)
        self._kafka = kafka
        self.loop: Loop | None = None

    def acknowledged(self) -> None:
        if self.loop is not None:
            self.loop._consumer.pause(self.loop._consumer.assignment())
            self.loop = None
            fill(self._kafka, self._source, 2)


def stilled(loop: Loop) -> None:
    """Tells the step which loop works it."""
    step = loop._step
    assert isinstance(step, Stilled)
    step.loop = loop


def test_a_consumer_to_which_nothing_comes_though_records_wait_ends_and_the_next_reads_on(
    kafka: str,
    fresh_topic: MakeTopic,
    fresh_name: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preau.agents.loop, "QUIET_S", 0.5)
    source, name = fresh_topic("in"), fresh_name("still")
    fill(kafka, source, 3)
    with pytest.raises(TryAgain, match=f"KAFKA_STILL.*{source}"):
        work(kafka, Stilled(kafka, name, source, fresh_topic("out")), stilled)
    second = Echo(name, source, fresh_topic("out"), 2)
    work(kafka, second)
    assert second.seen == [b"0", b"1"]


def test_a_step_that_has_read_everything_does_not_stand_still(
    kafka: str,
    fresh_topic: MakeTopic,
    fresh_name: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, step_looked = fresh_topic("in"), threading.Event()
    looked: list[Places] = []

    def look(bootstrap: str, group: str, topics: Sequence[str]) -> Places:
        looked.append(waiting(bootstrap, group, topics))
        if len(looked) > 3:
            step_looked.set()
        return looked[-1]

    monkeypatch.setattr(preau.agents.loop, "QUIET_S", 0.05)
    monkeypatch.setattr(preau.agents.loop, "waiting", look)
    fill(kafka, source, 5)
    step = Echo(fresh_name("calm"), source, fresh_topic("out"), 5)
    step.full = step_looked
    work(kafka, step, wait=5)
    assert (len(step.seen), looked[-1]) == (5, ())
