"""The hub's steps with one bug planted in each: what the campaign must find.

`python -m tests.faults.planted BUG MARK SLOT STEP…` works as `preau.app.steps SLOT STEP…` does,
with the bug, and kills itself once at the moment when the bug does harm. The file MARK says that it
has: the next life has the bug still, and goes on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import confluent_kafka as ck

from preau.agents.loop import Loop
from preau.app import steps
from preau.app.child import run_child
from preau.broker.records import Arrival
from preau.store.deliveries import Claimed, Deliveries, Settled

_ENOUGH = 8
"""Records or rows before the process dies: the harm is more than one, and not everything."""


class CommitsFirst(Loop):
    """Commits what it has read before it has written what follows from it."""

    def _work(self, batch: list[Arrival]) -> None:
        if batch:
            newest = {(topic, part): offset for topic, part, offset, *_ in batch}
            told = [ck.TopicPartition(*spot, offset + 1) for spot, offset in newest.items()]
            self._consumer.commit(offsets=told, asynchronous=False)
            _die_once(len(batch))
        super()._work(batch)


class DoneFirst(Deliveries):
    """Marks a row as done when it takes it, before anything has been delivered."""

    def claim(
        self, destination: str, now_ms: int, limit: int, busy: Collection[str]
    ) -> list[Claimed]:
        taken = super().claim(destination, now_ms, limit, busy)
        done = [
            Settled(destination, each.delivery.entity, each.delivery.version, *_APPLIED)
            for each in taken
            if each.delivery.operation.startswith("SHARE")
        ]
        if done:
            self.settle(done)
            _die_once(len(done))
        return taken


class Forgetful(Deliveries):
    """Forgets that nobody knows how the tries of an earlier life ended: nothing is looked for."""

    def release(self, destination: str) -> None:
        super().release(destination)
        with self._engine.begin() as connection:
            connection.exec_driver_sql("update delivery set unknown = 0")

    def settle(self, results: Sequence[Settled]) -> None:
        _die_once(sum("owner" in each.native for each in results))
        super().settle(results)


_APPLIED: tuple[str, str, str, int, Mapping[str, str]] = ("DONE", "APPLIED", "", 0, {})
_BUGS: Mapping[str, tuple[str, type]] = {
    "commits-first": ("Loop", CommitsFirst),
    "done-first": ("Deliveries", DoneFirst),
    "forgetful": ("Deliveries", Forgetful),
}
BUGS = tuple(_BUGS)


class _Fuse:
    """Burns down once in the life of a mark."""

    mark = Path()
    left = _ENOUGH


def _die_once(count: int) -> None:
    _Fuse.left -= count
    if _Fuse.left <= 0 and not _Fuse.mark.exists():
        _Fuse.mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def main(bug: str, mark: str, slot: str, *names: str) -> None:
    """Plants the bug and works the steps."""
    _Fuse.mark = Path(mark)
    name, planted = _BUGS[bug]
    setattr(steps, name, planted)
    work: Callable[[Any, Any], int] = partial(steps.work_steps, names=names, slot=int(slot))
    run_child("-".join(names), work)


if __name__ == "__main__":
    main(*sys.argv[1:])
