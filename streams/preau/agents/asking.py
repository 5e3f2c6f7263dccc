"""Asks every instance that is to be asked: each in a task of its own, none waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from preau.agents.asker import Asker, AskTools, Source
from preau.errors import TryAgain, frames

LOOK_S = 1.0
"""How often, in seconds, the declared instances are looked at."""
log = structlog.get_logger()


class Asking:
    """The tasks of all instances; `sources` may block, and is called on a thread."""

    def __init__(self, sources: Callable[[], Sequence[Source]], tools: AskTools) -> None:
        self._sources = sources
        self._tools = tools
        self._askers: dict[str, Asker] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is under way then is left: it is asked again at the next start."""
        told = ""
        try:
            while not stop.is_set():
                try:
                    await self._look()
                    told = ""
                except TryAgain as error:  # the database is away: those who are known go on
                    if error.code != told:
                        log.warning("nobody new is asked", code=error.code)
                    told = error.code
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_S)
        finally:
            for name in [*self._tasks]:
                await self._end(name)

    async def _look(self) -> None:
        found = {each.name: each for each in await asyncio.to_thread(self._sources)}
        for name in [*self._tasks]:
            task, source = self._tasks[name], found.get(name)
            if source is None or task.done() or not self._askers[name].same(source):
                await self._end(name)
            else:
                self._askers[name].source = source
        for name, source in found.items():
            if name not in self._tasks:
                self._askers[name] = Asker(source, self._tools)
                self._tasks[name] = asyncio.ensure_future(self._askers[name].run())

    async def _end(self, name: str) -> None:
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.wait([task])
        error = None if task.cancelled() else task.exception()
        if error is not None:  # a fault of ours: this one begins anew, the others go on
            told = {"kind": type(error).__name__, "at": frames(error)}
            log.error("asking failed", instance=name, **told)
