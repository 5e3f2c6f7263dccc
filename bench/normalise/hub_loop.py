"""The hub's own loop around any function, on one job: it ends after the last event and is timed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from bench.normalise.job import Job, Stopwatch

from preau.agents.loop import Loop
from preau.broker.records import Arrival, Output


class Work(Protocol):
    """What is measured: a batch of events to the records made of it."""

    def handle(self, batch: Sequence[Arrival]) -> Iterable[Output]:
        """The records of the batch."""
        ...


class HubLoop(Loop):
    """Works one job; its clock stops after the last commit and the leaving of the group."""

    def __init__(self, job: Job, watch: Stopwatch, work: Work) -> None:
        super().__init__(job.bootstrap, _Timed(job, watch, work), on_batch=self._count)
        self._left = job.events
        self._watch = watch

    def run(self) -> None:
        """Returns when every event is worked, every output on disk and every offset committed."""
        super().run()
        self._watch.stop()

    def _count(self, taken: int, _given: int) -> None:
        self._left -= taken
        if self._left <= 0:
            self.stop()


class _Timed:
    """The work as a step of the loop, which starts the clock with the first batch in hand."""

    def __init__(self, job: Job, watch: Stopwatch, work: Work) -> None:
        self.name = job.group
        self._source = job.source
        self._watch = watch
        self._work = work

    def topics(self) -> list[str]:
        return [self._source]

    def handle(self, batch: Sequence[Arrival]) -> Iterable[Output]:
        self._watch.start()
        return self._work.handle(batch)
