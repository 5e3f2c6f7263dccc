"""What a fictional ENT does beside its server: it looks, again and again, at a folder of files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from aiohttp import web

from preau.sandbox.beside import beside

EVERY_S = 0.1
"""How often, in seconds, the folder is looked at."""


class Watching:
    """`turn` looks once; a file that cannot be read or written is tried at the next look."""

    def __init__(self, turn: Callable[[], object]) -> None:
        self._turn = turn

    def context(self, _site: web.Application) -> AsyncIterator[None]:
        """Runs beside the server, from its start to its end."""
        return beside(self._run)

    async def _run(self) -> None:
        while True:
            with suppress(OSError):
                self._turn()
            await asyncio.sleep(EVERY_S)
