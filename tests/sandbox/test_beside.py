"""What a fictional ENT does beside its server: begun once, ended with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiohttp import web

from preau.sandbox.beside import beside


def test_work_beside_a_server_begins_once_and_ends_with_it() -> None:
    told: list[str] = []

    async def work() -> None:
        told.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            told.append("ended")

    def made() -> Coroutine[Any, Any, None]:
        told.append("made")
        return work()

    def context(_: web.Application) -> AsyncIterator[None]:
        return beside(made)

    async def serve() -> None:
        site = web.Application()
        site.cleanup_ctx.append(context)
        runner = web.AppRunner(site)
        await runner.setup()
        await asyncio.sleep(0)  # the loop's next turn: the work has its first one
        told.append("served")
        await runner.cleanup()

    asyncio.run(serve())
    assert told == ["made", "begun", "served", "ended"]
