"""What is late is found once a minute, kept, and told once in the audit chain.

It runs beside the step `receipts`: a deadline passes without any record that says so.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import sqlalchemy as sa
import structlog

from preau.clock import Clock
from preau.errors import TryAgain
from preau.outlets.deadlines import PROCESSING, TRANSPORT, due
from preau.store import audit, receipt_levels
from preau.store.audit import HUB, Act
from preau.store.receipt_levels import Late, Line

LOOK_S = 60.0
log = structlog.get_logger()


class Escalation:
    """Keeps `receipt_late`; one process runs it."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Looks now and every minute until `stop`."""
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.look)
            except TryAgain as error:  # the next look finds the same
                log.warning("deadlines wait for the database", code=error.code)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)

    def look(self) -> int:
        """Finds what is late now; gives how many were not known to be."""
        now = self._clock.now_ms()
        with self._engine.begin() as connection:
            found = {each for line in receipt_levels.open_lines(connection) for each in _late(line)}
            found = {each for each in found if each.since <= now}
            known = receipt_levels.late(connection)
            receipt_levels.drop_late(connection, known - found)
            receipt_levels.put_late(connection, found - known)
            self._tell(connection, found - known, now)
        return len(found - known)

    def _tell(self, connection: sa.Connection, fresh: set[Late], now: int) -> None:
        counted = Counter((each.destination, each.project, each.level) for each in fresh)
        for (destination, project, level), things in sorted(counted.items()):
            facts: dict[str, str | int | bool] = {"project": project, "level": level}
            act = Act(HUB, "receipt.late", destination, {**facts, "things": things})
            audit.append(connection, act, now)
            log.warning("late", destination=destination, level=level, things=things)


def _late(line: Line) -> Iterator[Late]:
    """The deadlines that this line has not met, passed or not."""
    place = (line.destination, line.entity, line.version)
    levels = (TRANSPORT, PROCESSING) if line.transport != "ACCEPTED" else (PROCESSING,)
    for level in levels:
        yield Late(*place, level, line.project, due(line.operation, level, line.told_at))
