"""What a step did, as one log line now and then: batches, records in, records out."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

EVERY_S = 10.0
log = structlog.get_logger()


class Counting:
    """Called after each batch; logs the sum at the first one, then once in ten busy seconds."""

    def __init__(self, step: str, now: Callable[[], float] = time.monotonic) -> None:
        self._step = step
        self._now = now
        self._told = now() - EVERY_S
        self._batches = self._taken = self._given = 0

    def __call__(self, taken: int, given: int) -> None:
        """One batch of `taken` records gave `given` others."""
        self._batches += 1
        self._taken += taken
        self._given += given
        log.debug("batch", of=self._step, taken=taken, given=given)
        if self._now() - self._told >= EVERY_S:
            self.tell()

    def tell(self) -> None:
        """Logs what has not been told yet."""
        if self._batches:
            sums = {"batches": self._batches, "taken": self._taken, "given": self._given}
            log.info("worked", of=self._step, **sums)
        self._batches = self._taken = self._given = 0
        self._told = self._now()
