"""What is over leaves the database: rows by their clocks, keys with their year, once an hour."""

from __future__ import annotations

import structlog

from preau.app.control import Control
from preau.errors import TryAgain
from preau.store import clocks
from preau.store.clocks import DAY_MS
from preau.store.subject_keys import year_of
from preau.store.wal import empty_log

HOUR_MS = 3_600_000
YEAR_KEPT_MS = 90 * DAY_MS
"""A school year's keys live so long after 1 August: what they sealed is then gone from Kafka."""
log = structlog.get_logger()


class Housekeeping:
    """`turn` may be called as often as one likes; it works once an hour."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._next = 0

    def turn(self) -> None:
        """Sweeps when its hour has come; a fault is told, and tried again in an hour."""
        now = self._control.clock.now_ms()
        if now < self._next:
            return
        self._next = now + HOUR_MS
        try:
            self.sweep()
        except TryAgain as error:
            log.warning("nothing was swept", code=error.code)

    def sweep(self) -> int:
        """Deletes what is over now; how many rows and keys."""
        control, now = self._control, self._control.clock.now_ms()
        with control.engine.begin() as connection:
            gone = clocks.sweep(connection, now)
        keys = control.subject_keys.end_years(year_of(now - YEAR_KEPT_MS))
        keys += control.letter_keys.sweep()
        if gone:
            empty_log(control.engine)
        count = gone.total() + keys
        if count:
            log.info("swept", rows=gone.total(), keys=keys)
        return count
