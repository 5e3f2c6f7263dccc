"""Work that a fictional ENT does beside its server, from the server's start to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from typing import Any


async def beside(work: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """A cleanup context of aiohttp: the work begins with the server and is cancelled with it.

    It is called here and not before: aiohttp makes a context twice and enters only one.
    """
    running = asyncio.ensure_future(work())
    yield
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
