"""Compares every instance that can be read back, once a night: each in a task of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from preau.agents.comparison import Compared, CompareTools, Comparing
from preau.clock import paris, paris_midnight
from preau.errors import TryAgain, frames
from preau.outlets.address import open_session
from preau.outlets.inventory import Busy
from preau.store import comparisons

LOOK_S = 30.0
"""How often, in seconds, it is looked whether one is due."""
HOUR_MS = 3_600_000
SPREAD_MS = HOUR_MS // 4
"""Not all in the same minute."""
FIRST_WAIT_MS, TRIES = 900_000, 4
"""After a comparison that came to nothing, doubling; then it is left for the next night."""
log = structlog.get_logger()


class Nightly:
    """`sources` may block and is called on a thread; `hour`, of Paris, is when a night's begins."""

    def __init__(
        self, sources: Callable[[], Sequence[Compared]], tools: CompareTools, hour: int
    ) -> None:
        self._sources = sources
        self._tools = tools
        self._hour = hour
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is under way then is left: it is due at the next start."""
        try:
            while not stop.is_set():
                try:
                    for each in await asyncio.to_thread(self._due):
                        self._begin(each)
                except TryAgain as error:
                    log.warning("nothing is compared", code=error.code)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_S)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _due(self) -> list[Compared]:
        """Those whose moment has come; one that is new waits for its first night."""
        now, due = self._tools.clock.now_ms(), []
        for each in self._sources():
            with self._tools.engine.connect() as connection:
                row = comparisons.get(connection, each.target.instance)
            if not row.due:
                self._put(row._replace(due=self._next(now)))
            elif row.due <= now:
                due.append(each)
        return due

    def _begin(self, what: Compared) -> None:
        task = self._tasks.get(what.target.instance)
        if task is None or task.done():
            self._tasks[what.target.instance] = asyncio.ensure_future(self._one(what))

    async def _one(self, what: Compared) -> None:
        name = what.target.instance
        try:
            async with open_session(loopback=what.target.loopback) as session:
                found = await Comparing(what, self._tools).run(session)
        except Busy as busy:
            await asyncio.to_thread(self._ended, name, busy.reason, busy.wait_ms)
        except TryAgain as error:  # the database is away: it is due still
            log.warning("not compared", instance=name, code=error.code)
        except Exception as error:
            await asyncio.to_thread(self._ended, name, "FAULT", 0)
            told = {"kind": type(error).__name__, "at": frames(error)}
            log.exception("comparing failed", instance=name, **told)
        else:
            counts = {"should": found.should, "unread": found.unread, "held": found.held}
            counts |= {"missing": found.missing, "different": found.different}
            log.info("compared", instance=name, extra=found.extra, **counts)
            await asyncio.to_thread(self._ended, name, "", 0)

    def _ended(self, name: str, code: str, wait_ms: int) -> None:
        """When the next one is due."""
        now = self._tools.clock.now_ms()
        with self._tools.engine.connect() as connection:
            row = comparisons.get(connection, name)
        if not code:
            self._put(row._replace(due=self._next(now)))
            return
        log.warning("compared in vain", instance=name, code=code)
        tries = row.tries + 1
        wait = max(FIRST_WAIT_MS * 2 ** (tries - 1), wait_ms)
        due = now + wait if tries < TRIES else self._next(now)
        row = row._replace(at=now, code=code, tries=tries % TRIES, due=due)
        self._put(row)

    def _put(self, row: comparisons.Comparison) -> None:
        with self._tools.engine.begin() as connection:
            comparisons.put(connection, row)

    def _next(self, now_ms: int) -> int:
        spread = int(SPREAD_MS * random.random())  # noqa: S311 - chance
        return next_at(now_ms, self._hour) + spread


def next_at(now_ms: int, hour: int) -> int:
    """When it is that hour in Paris next, after now; where the clock skips it, an hour later."""
    day = paris(now_ms).date()
    for each in (day, day + dt.timedelta(days=1)):
        at = paris_midnight(each) + hour * HOUR_MS
        at += (hour - paris(at).hour) * HOUR_MS if paris(at).date() == each else 0
        if at > now_ms:
            return at
    raise AssertionError
