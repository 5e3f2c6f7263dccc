"""The step `deliver`: what may leave goes into the outbox; each destination works its own queue.

`handle` only writes rows, so Kafka's offsets never wait for an ENT. `run` goes beside it, in the
same process: one dispatcher per destination. One process runs this step: the outbox has one reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog

from preau.agents.dispatcher import Dispatcher, Tools
from preau.broker.records import Arrival, Output
from preau.broker.topics import SHARE
from preau.errors import SetAside
from preau.outlets.outcome import Outlet
from preau.store.deliveries import Delivery

LOOK_S = 0.5
"""How often, in seconds, new destinations are looked for when nothing wakes the step."""
log = structlog.get_logger()
Decode = Callable[[bytes], Mapping[str, Any]]
"""A framed Avro value → the fields of `delivery.v1`; raises `SetAside` on bad bytes."""


class Deliver:
    """Ends each `preau.share.<instance>`; `open_outlet`: None for one unknown or disabled."""

    name = "deliver"

    def __init__(
        self, tools: Tools, decode: Decode, open_outlet: Callable[[str], Outlet | None]
    ) -> None:
        self._tools = tools
        self._decode = decode
        self._open_outlet = open_outlet
        self._running: dict[str, tuple[Dispatcher, asyncio.Task[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def topics(self) -> list[str]:
        """The share topic of every instance."""
        return ["^" + SHARE.replace(".", r"\.") + ".*"]

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """Writes the batch into the outbox; a repeat changes nothing; no outputs."""
        self._tools.outbox.insert(list(self._rows(batch)))
        if self._loop is not None:
            with suppress(RuntimeError):  # the worker is stopping: the rows wait for the next one
                self._loop.call_soon_threadsafe(self._wake)
        return []

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers until `stop`; raises what a dispatcher raises, so that the process ends."""
        self._loop = asyncio.get_running_loop()
        try:
            while not stop.is_set():
                self._check()
                for name in await asyncio.to_thread(self._tools.outbox.destinations):
                    self._start(name, stop)
                self._changed.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), LOOK_S)
        finally:
            self._loop = None
            stop.set()
            try:
                await asyncio.gather(*(task for _, task in self._running.values()))
            finally:  # one that was stopped before it began has closed nothing
                for dispatcher, _ in self._running.values():
                    await dispatcher.close()

    def _rows(self, batch: Sequence[Arrival]) -> Iterable[Delivery]:
        for arrival in batch:
            if arrival.value is None:
                continue  # a tombstone: what had to be withdrawn came before it
            try:
                row = delivery(self._decode(arrival.value))
            except SetAside as error:
                log.warning("unreadable delivery", code=error.code, at=_position(arrival))
                continue
            if arrival.topic == SHARE + row.destination:
                yield row
            else:  # what says another's name goes to nobody
                log.error("a delivery on another's topic", at=_position(arrival))

    def _start(self, destination: str, stop: asyncio.Event) -> None:
        if destination in self._running and not self._running[destination][1].done():
            return
        outlet = self._open_outlet(destination)
        if outlet is None:
            return
        dispatcher = Dispatcher(destination, outlet, self._tools)
        self._running[destination] = (dispatcher, asyncio.ensure_future(dispatcher.run(stop)))

    def _check(self) -> None:
        for _, task in self._running.values():
            if task.done():
                task.result()

    def _wake(self) -> None:
        self._changed.set()
        for dispatcher, _ in self._running.values():
            dispatcher.wake()


def delivery(said: Mapping[str, Any]) -> Delivery:
    """The row of one decoded `delivery.v1`."""
    chosen = {name: said[name] for name in Delivery._fields}
    return Delivery(**{**chosen, "parents": tuple(said["parents"])})


def _position(arrival: Arrival) -> str:
    return f"{arrival.topic}/{arrival.partition}/{arrival.offset}"
