"""A real server to ask, and what the hub makes of its answers; the clock stands still."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from aiohttp import web

from preau.agents.asker import Asker, AskTools, Source
from preau.catalogue.inlet import Inlet, parse_inlet
from preau.clock import SetClock
from preau.errors import Place, TryAgain
from preau.inlets.intake import Intake, Speaker
from preau.inlets.publishing import Publishing
from preau.store import polls
from preau.store.polls import Poll

NOW, TOKEN = 1_790_000_000_000, "the-token"
ANYTHING = Publishing({"person": frozenset({"*"})}, {})
SAID = {
    "call": "GET /feed/{cursor}",
    "events": "data",
    "event_id": "id",
    "cursor": {"start": 0, "event": "at"},
    "more": {"header": "X-HAS-MORE"},
    "per_minute": 600,
}
Answer = Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]]


class Ent:
    """A real server that gives its events in batches of two, and misbehaves as it is told."""

    def __init__(self, count: int = 5) -> None:
        self.events = [{"id": f"e{at}", "at": at} for at in range(1, count + 1)]
        self.asked: list[str] = []
        self.tokens: set[str] = set()
        self.faults: list[Answer] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(str(request.rel_url))
        self.tokens.add(request.headers["Authorization"])
        if self.faults:
            made = self.faults.pop(0)(request)
            return await made if isinstance(made, Awaitable) else made
        since = int(request.match_info["since"])
        there = [each for each in self.events if int(str(each["at"])) >= since]
        more = {"X-HAS-MORE": "true" if len(there) > 2 else "false"}
        return web.json_response({"data": there[:2]}, headers=more)

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/feed/{since}", self.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner


class World:
    """What is published, and a Kafka that may refuse."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.clock = engine, SetClock(NOW)
        self.letters: list[Intake] = []
        self.refusals = 0
        self.tools = AskTools(engine, self.publish, _encode, lambda text: text, self.clock)

    async def publish(self, letters: Sequence[Intake]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise TryAgain("KAFKA_WRITE", "no broker")
        self.letters += letters

    def row(self, name: str = "ent") -> Poll:
        with self.engine.connect() as connection:
            return polls.get(connection, name, "feed") or Poll(name, "feed", "")

    @property
    def ids(self) -> list[str]:
        return [dict(each.headers)["vendor_event_id"].decode() for each in self.letters]


def _encode(name: str, values: dict[str, Any]) -> bytes:
    return json.dumps([name, values]).encode()


def inlet(**changed: Any) -> Inlet:
    return parse_inlet("feed", {**SAID, **changed}, Place())


def source(url: str, name: str = "ent", asked: Inlet | None = None) -> Source:
    speaker = Speaker(name, "school", may=ANYTHING)
    return Source(name, url, TOKEN, True, speaker, (asked or inlet(),))  # noqa: FBT003


def play(world: World, ent: Ent, until: Callable[[], bool], asked: Inlet | None = None) -> None:
    """Asks until the condition holds."""

    async def run() -> None:
        runner = await ent.start()
        task = asyncio.ensure_future(Asker(source(ent.url, asked=asked), world.tools).run())
        try:
            await wait(until, task)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await runner.cleanup()

    asyncio.run(run())


async def wait(until: Callable[[], bool], *tasks: asyncio.Task[None]) -> None:
    async with asyncio.timeout(30):
        while not until():
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.01)
