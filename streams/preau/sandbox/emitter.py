"""Sends a fictional ENT's own events to the hub: durable, in order per object, until a 2xx."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp import web

from preau.sandbox.beside import beside
from preau.sandbox.ledger import Ledger

AT_ONCE = 32
"""How many objects speak at the same time; one object's events never overtake each other."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 2.0
_TIMEOUT = aiohttp.ClientTimeout(total=15)


class Emitter:
    """Empties the table `emit`; what was sent but not answered is sent again, byte for byte."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._work = asyncio.Event()
        self._wait = FIRST_WAIT_S

    def aim(self, order: dict[str, Any]) -> object:
        """Where to post (`url`, the whole intake address) and with which API key (`key`)."""
        for name in ("url", "key"):
            if name in order:
                self._ledger.set(f"hub.{name}", str(order[name]))
        return {"url": self._ledger.setting("hub.url")}

    def wake(self) -> None:
        """Says that there may be something to send."""
        self._work.set()

    def context(self, _site: web.Application) -> AsyncIterator[None]:
        """Runs beside the server, from its start to its end."""
        return beside(self._run)

    async def _run(self) -> None:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            while True:
                sent = await self._round(session)
                if sent:
                    self._wait = FIRST_WAIT_S
                    continue
                self._work.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), self._wait)
                self._wait = min(self._wait * 2, LONGEST_WAIT_S)

    async def _round(self, session: aiohttp.ClientSession) -> bool:
        url = self._ledger.setting("hub.url")
        if not url:
            return False
        first_of_each = (
            "select min(seq) as seq from (select seq, order_key from emit where sent_at is null"
            " order by seq limit 1000) group by order_key order by seq limit ?"
        )
        due = [row["seq"] for row in self._ledger.rows(first_of_each, AT_ONCE)]
        answers = await asyncio.gather(*(self._post(session, url, seq) for seq in due))
        sent = [(self._ledger.clock.now_ms(), seq) for seq in answers if seq is not None]
        if sent:
            with self._ledger.transaction():
                self._ledger.db.executemany("update emit set sent_at=? where seq=?", sent)
        return bool(sent)

    async def _post(self, session: aiohttp.ClientSession, url: str, seq: int) -> int | None:
        row = self._ledger.row("select body from emit where seq=?", seq)
        if row is None:
            return None
        headers = {
            "Authorization": f"Bearer {self._ledger.setting('hub.key')}",
            "Content-Type": "application/json",
        }
        try:
            async with session.post(url, data=row["body"], headers=headers) as answer:
                await answer.read()
                return seq if answer.ok else None
        except (aiohttp.ClientError, TimeoutError):
            return None
