"""The Faust app of the hub, and the Services in which a step runs its loop and its dispatcher."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import faust
import structlog

from preau.agents.loop import Loop
from preau.errors import PreauError, TryAgain, frames

CONTROL = "preau.control"
EX_SOFTWARE, EX_TEMPFAIL = 70, 75  # sysexits.h
HUNG_S, _LOOK_S = 330.0, 5.0
"""A round that lasts longer than `max.poll.interval.ms` has lost its place in the group anyway."""
log = structlog.get_logger()


class StepService(faust.Service):
    """Owns one loop in a thread of its own; when the loop fails, the whole worker ends at once.

    Ending is the repair: the supervisor starts a fresh process, which reads again from the last
    committed offset. A worker that went on after a failed write would have to guess.
    """

    def __init__(self, loop: Loop, **options: Any) -> None:
        super().__init__(**options)
        self._step_loop = loop
        self._running: asyncio.Future[None] | None = None
        self._watching: asyncio.Future[None] | None = None

    async def on_started(self) -> None:
        """Starts the thread once Faust is ready."""
        self._running = asyncio.get_running_loop().run_in_executor(None, self._step_loop.run)
        self._running.add_done_callback(_end_if_failed)
        self._watching = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        """Ends the worker when a call into Kafka never comes back: its thread can't be ended."""
        while self._step_loop.in_round_s < HUNG_S:
            await asyncio.sleep(_LOOK_S)
        log.error("step hangs", code="KAFKA_STILL", seconds=round(self._step_loop.in_round_s))
        os._exit(EX_TEMPFAIL)

    async def on_stop(self) -> None:
        """Lets the loop finish its batch and commit."""
        self._step_loop.stop()
        if self._watching is not None:
            self._watching.cancel()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=60)


class DispatchService(faust.Service):
    """Runs a coroutine beside a step's loop until the worker stops (the outgoing calls)."""

    def __init__(self, run: Callable[[asyncio.Event], Awaitable[None]], **options: Any) -> None:
        super().__init__(**options)
        self._run = run
        self._stop_asked = asyncio.Event()
        self._running: asyncio.Future[None] | None = None

    async def on_started(self) -> None:
        """Starts the coroutine once Faust is ready."""
        self._running = asyncio.ensure_future(self._run(self._stop_asked))
        self._running.add_done_callback(_end_if_failed)

    async def on_stop(self) -> None:
        """Lets the coroutine end what it has begun."""
        self._stop_asked.set()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=30)


def _end_if_failed(running: asyncio.Future[None]) -> None:
    error = None if running.cancelled() else running.exception()
    if error is None:
        return
    said = str(error) if isinstance(error, PreauError) else ""
    log.error("step ended", code=getattr(error, "code", type(error).__name__), said=said)
    if not isinstance(error, PreauError):
        log.error("where", at=frames(error))
    os._exit(EX_TEMPFAIL if isinstance(error, TryAgain) else EX_SOFTWARE)


def create_app(name: str, bootstrap: str, folder: Path) -> faust.App:
    """The Faust app of one worker.

    Faust must read at least one topic, so it reads the control topic: an operator's orders.
    Its web server is off (the hub has its own), and so is its leader election, which would
    create a topic that nobody declared. It is a static member of its group: started again after
    `kill -9`, it would else wait a minute for its own ghost, and could not even be stopped.
    """
    memory = folder / "faust" / name
    memory.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        f"preau-control-{name}",
        broker=f"kafka://{bootstrap}",
        datadir=memory,
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="latest",
        consumer_group_instance_id=name,
    )
    orders = app.topic(CONTROL, value_type=bytes, value_serializer="raw", key_serializer="raw")

    @app.agent(orders)
    async def obey(stream: Any) -> None:
        async for _order in stream:
            log.info("order received")

    return app


def run_worker(app: faust.App, services: Sequence[Any]) -> int:
    """Runs the app and its services until a signal; 0 after a clean stop."""
    worker = faust.Worker(
        app,
        *services,
        loglevel="INFO",  # anything higher makes Faust build a record per event
        override_logging=False,
        redirect_stdouts=False,
        quiet=True,
    )
    worker.spinner = None  # it would draw into the log
    try:
        worker.execute_from_commandline()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
