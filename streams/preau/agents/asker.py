"""Asks one instance for its events, as its product's `inlet/` files say, and keeps the place.

At least once: the cursor is stored when Kafka has every letter of an answer, so whatever ends the
process, the next one asks again from there, and the same events get the same ids. The token travels
in the Authorization header only; no address and no answer is ever in a log.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from urllib.parse import quote

import aiohttp
import sqlalchemy as sa
import structlog
from yarl import URL

from preau.catalogue.inlet import HOLE, NOW, Inlet
from preau.clock import Clock
from preau.errors import Place, PreauError, SetAside, Stop, TryAgain
from preau.inlets.aside import Encode
from preau.inlets.asked import Answered, Desk, Page, page
from preau.inlets.intake import Intake, Speaker
from preau.inlets.publishing import check_records
from preau.outlets.address import check_url, open_session
from preau.outlets.answer import Answer, retry_after
from preau.outlets.wire import AnswerTooLarge, read
from preau.store import polls
from preau.store.polls import Poll

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of one answer that are read; one with more is an error of the ENT."""
CALL_S = 60.0
FIRST_WAIT_MS, LONGEST_WAIT_MS = 500, 900_000
"""After a first call that failed, and at most; doubling, up to a fifth more by chance."""
IDLE_S = 1.0
AT_ONCE = 1_000
_DOUBLINGS, _SPREAD = 16, 0.2
_BUSY = (408, 425, 429, 503)
log = structlog.get_logger()


class Source(NamedTuple):
    """One instance to ask: where it is, with which token, who speaks then, and how it is asked."""

    name: str
    base_url: str
    secret: str
    loopback: bool
    speaker: Speaker
    inlets: tuple[Inlet, ...]

    def __repr__(self) -> str:
        return f"Source({self.name!r})"


class AskTools(NamedTuple):
    """`publish` seals, and returns when Kafka has every letter; it raises `TryAgain` otherwise."""

    engine: sa.Engine
    publish: Callable[[Sequence[Intake]], Awaitable[None]]
    encode: Encode
    hide: Callable[[str], str]
    clock: Clock


class _Unanswered(Exception):
    """What a call came to, when it was no good answer, and how long the ENT asks us to wait."""

    def __init__(self, error: PreauError, wait_ms: int = 0) -> None:
        super().__init__(error.code)
        self.error = error
        self.wait_ms = wait_ms


class Asker:
    """One instance; `source.speaker` may be replaced while it runs, as its mandates change."""

    def __init__(self, source: Source, tools: AskTools) -> None:
        self.source = source
        self._tools = tools
        self._next_call = 0.0

    def same(self, source: Source) -> bool:
        """Whether only its mandates changed."""
        return self.source._replace(speaker=source.speaker) == source

    async def run(self) -> None:
        """Asks what is due, again and again, until it is cancelled."""
        async with open_session(loopback=self.source.loopback) as session:
            while True:
                for inlet in self.source.inlets:
                    try:
                        await self._turn(session, inlet)
                    except TryAgain as error:  # the database: nothing is known, nothing moves
                        log.warning("cannot ask", instance=self.source.name, code=error.code)
                await asyncio.sleep(IDLE_S)

    async def _turn(self, session: aiohttp.ClientSession, inlet: Inlet) -> None:
        now = self._tools.clock.now_ms()
        start = str(now) if inlet.start == NOW else inlet.start
        fresh = Poll(self.source.name, inlet.name, start, moved_at=now)
        row = await asyncio.to_thread(self._begun, fresh)
        if row.due > now:
            return
        try:
            await self._round(session, inlet, row)
        except _Unanswered as told:
            await self._trouble(inlet, told)

    async def _round(self, session: aiohttp.ClientSession, inlet: Inlet, row: Poll) -> None:
        """Every page that there is; the place is kept after each."""
        more, follow = True, ""
        while more:
            await self._pace(inlet)
            try:
                check_records(self.source.speaker.may, frozenset())
                found = await self._page(session, inlet, row, follow)
                for first in range(0, len(found.letters), AT_ONCE):
                    await self._tools.publish(found.letters[first : first + AT_ONCE])
            except (TryAgain, SetAside, Stop) as error:
                raise _Unanswered(error) from error
            row, more, follow = self._moved(inlet, row, found), found.more, found.follow
            await asyncio.to_thread(self._put, row)
            if found.letters:
                counts = {"events": len(found.letters), "set_aside": found.aside}
                log.info("asked", instance=self.source.name, inlet=inlet.name, **counts)

    async def _page(
        self, session: aiohttp.ClientSession, inlet: Inlet, row: Poll, follow: str
    ) -> Page:
        speaker = self.source.speaker
        answered = await self._call(session, inlet, row.cursor, follow)
        desk = Desk(speaker, self._tools.encode, self._tools.hide)
        before, now = (row.cursor, row.seen), self._tools.clock.now_ms()
        return await asyncio.to_thread(page, desk, inlet, answered, before, now)

    async def _call(
        self, session: aiohttp.ClientSession, inlet: Inlet, cursor: str, follow: str
    ) -> Answered:
        url, query = self._address(inlet, cursor, follow)
        headers = {"Authorization": f"Bearer {self.source.secret}", "Accept": inlet.accept}
        limit = aiohttp.ClientTimeout(total=CALL_S)
        try:
            async with session.get(
                url, params=query, headers=headers, allow_redirects=False, timeout=limit
            ) as answer:
                if answer.status != 200:  # noqa: PLR2004
                    raise self._refused(inlet, answer)
                named = {name.lower(): value for name, value in answer.headers.items()}
                return Answered(await read(answer, MAX_ANSWER), named, str(url))
        except AnswerTooLarge:
            raise self._bad("POLL_ANSWER", f"more than {MAX_ANSWER} bytes", inlet) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise self._bad("POLL_UNREACHABLE", "no answer, or half of one", inlet) from None

    def _address(self, inlet: Inlet, cursor: str, follow: str) -> tuple[URL, dict[str, str] | None]:
        """What is called; raises `Stop` for an address that is not public."""
        base = check_url(self.source.base_url, loopback=self.source.loopback)
        follow = follow or (cursor if inlet.cursor.way == "link" else "")
        if follow:
            return URL(str(base.origin()) + follow, encoded=True), None
        path = inlet.path.replace(HOLE, quote(cursor, safe=""))
        query = {name: text.replace(HOLE, cursor) for name, text in inlet.query.items()}
        return URL(str(base).rstrip("/") + path, encoded=True), query or None

    def _refused(self, inlet: Inlet, answer: aiohttp.ClientResponse) -> _Unanswered:
        status = answer.status
        said = Answer(status, answer.headers, None)
        wait = retry_after(said, inlet.unit_ms, self._tools.clock) or 0
        if status in _BUSY:
            return _Unanswered(self._bad("POLL_BUSY", f"it asks to wait ({status})", inlet), wait)
        if 400 <= status < 500:  # noqa: PLR2004
            return _Unanswered(self._bad("POLL_REFUSED", f"it refuses ({status})", inlet), wait)
        return _Unanswered(self._bad("POLL_FAILED", f"it answers {status}", inlet), wait)

    async def _pace(self, inlet: Inlet) -> None:
        """Returns when the next call may leave, so many a minute."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, self._next_call - now))
        self._next_call = max(now, self._next_call) + 60 / inlet.per_minute

    def _moved(self, inlet: Inlet, row: Poll, found: Page) -> Poll:
        now = self._tools.clock.now_ms()
        return row._replace(
            cursor=found.cursor,
            seen=found.seen,
            moved_at=row.moved_at if found.cursor == row.cursor else now,
            asked_at=now,
            answered_at=now,
            code="",
            said="",
            tries=0,
            due=now if found.more else now + inlet.every_s * 1000,
        )

    async def _trouble(self, inlet: Inlet, told: _Unanswered) -> None:
        """Says what is wrong, moves nothing, and waits: longer each time, as long as is asked."""
        row = await asyncio.to_thread(self._begun, Poll(self.source.name, inlet.name, ""))
        now, error = self._tools.clock.now_ms(), told.error
        wait = min(FIRST_WAIT_MS * 2 ** min(row.tries, _DOUBLINGS), LONGEST_WAIT_MS)
        wait = max(int(wait * (1 + _SPREAD * random.random())), told.wait_ms)  # noqa: S311 - chance
        if row.code != error.code:
            log.warning("asked in vain", instance=row.instance, inlet=row.inlet, code=error.code)
        row = row._replace(code=error.code, said=error.complaint.what)
        row = row._replace(asked_at=now, tries=row.tries + 1, due=now + wait)
        await asyncio.to_thread(self._put, row)

    def _begun(self, row: Poll) -> Poll:
        with self._tools.engine.connect() as connection:
            found = polls.get(connection, row.instance, row.inlet)
        if found is not None:
            return found
        with self._tools.engine.begin() as connection:
            return polls.begin(connection, row)

    def _put(self, row: Poll) -> None:
        with self._tools.engine.begin() as connection:
            polls.put(connection, row)

    def _bad(self, code: str, what: str, inlet: Inlet) -> TryAgain:
        where = Place(self.source.speaker.connector, inlet.file)
        fix = "see docs/en/inlets.md; it is asked again by itself"
        return TryAgain(code, what, where=where, fix=fix)
