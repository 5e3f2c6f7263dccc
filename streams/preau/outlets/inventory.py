"""Asks an ENT what it holds, as its product's `outlet/read-back.yaml` says; nothing is changed.

An ENT that is down, or answers what nobody asked, is never taken for one that holds nothing: `Busy`
ends the asking, `Unread` says that this one answer tells nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import aiohttp
from yarl import URL

from preau.clock import Clock
from preau.errors import Stop
from preau.outlets.address import check_url
from preau.outlets.answer import Answer, at_path, judge
from preau.outlets.filling import Missing, Sheet
from preau.outlets.operation import LATER, Call
from preau.outlets.outcome import Kept, Parcel, Target
from preau.outlets.read_back import WHOLE, Question, ReadBack
from preau.outlets.value import Value
from preau.outlets.wire import AnswerTooLarge, send

MOST_PAGES = 1_000
GONE = frozenset({"UNKNOWN_GROUP", "UNKNOWN_MEMBER", "UNKNOWN_RESOURCE"})
"""The reasons by which an ENT says that what it is asked for is not there."""
_MOST_NAME = 1_000


class Item(NamedTuple):
    """One thing that the ENT says it holds; `name` is None where it says none."""

    id: str
    name: str | None = None


class Held(NamedTuple):
    """What the ENT holds; `gone`: it says that it does not know what it was asked for."""

    items: tuple[Item, ...] = ()
    gone: bool = False


class Unread(NamedTuple):
    """This answer tells nothing; `reason` is one of `preau.outlets.reasons`."""

    reason: str


class Busy(Exception):
    """The ENT is down or asks to wait: nothing is known of what it holds."""

    def __init__(self, reason: str, wait_ms: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_ms = wait_ms


class Inventory:
    """One instance; its calls leave one after the other, so many a minute."""

    def __init__(
        self,
        target: Target,
        read_back: ReadBack,
        needs: Mapping[str, Collection[str]],
        session: aiohttp.ClientSession,
        clock: Clock,
    ) -> None:
        self._target = target
        self._read_back = read_back
        self._needs = needs
        self._session = session
        self._clock = clock
        self._next_call = 0.0

    async def ask(self, question: Question, about: Parcel, kept: Kept) -> Held | Unread:
        """Every page of the answer; raises `Busy`."""
        sheet = Sheet(about, self._needs.get(question.operation, ()), kept, self._target.secret)
        found: dict[str, Item] = {}
        call, calls = question.call, {question.call.path}
        for number in range(MOST_PAGES):
            page = await self._page(question, call, sheet)
            if not isinstance(page, _Page):
                whole = number == 0 or isinstance(page, Unread)
                return page if whole else Unread("ENT_ERROR")
            count = len(found)
            found |= {each.id: each for each in page.items if each.id not in found}
            further = self._next(question, page, number, len(found))
            numbered = further is not None and further.path == question.call.path
            if further is None or (numbered and len(found) == count):
                return Held(tuple(found.values()))
            if not numbered and further.path in calls:
                break  # links in a circle
            call = further
            calls.add(call.path)
        return Unread("ENT_ERROR")  # it has always one page more

    async def _page(self, question: Question, call: Call, sheet: Sheet) -> _Page | Held | Unread:
        answer = await self._call(call, sheet)
        if isinstance(answer, Unread):
            return answer
        outcome = judge(call, answer, self._read_back.retry_unit_ms, self._clock)
        if outcome is None:
            items = _items(question, answer)
            return Unread("ENT_ERROR") if items is None else _Page(items, answer.body)
        if outcome.state == LATER:
            raise Busy(outcome.reason, outcome.wait_ms or 0)
        return Held(gone=True) if outcome.reason in GONE else Unread(outcome.reason)

    async def _call(self, call: Call, sheet: Sheet) -> Answer | Unread:
        if call.path == NOWHERE:
            return Unread("REDIRECTED")
        await self._pace()
        headers = {} if call.tells_secret else {"Authorization": f"Bearer {self._target.secret}"}
        try:
            base = check_url(self._target.url, loopback=self._target.loopback)
            origin = base.origin() if call.path.startswith(_FROM_ORIGIN) else base
            call = replace(call, path=call.path.removeprefix(_FROM_ORIGIN))
            return await send(self._session, origin, call, sheet, headers, None)
        except Missing:
            return Unread("PARENT_MISSING")
        except AnswerTooLarge:
            return Unread("TOO_LARGE")
        except Stop:
            raise Busy("ADDRESS_NOT_ALLOWED") from None
        except aiohttp.ClientConnectorError:
            raise Busy("UNREACHABLE") from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Busy("NO_ANSWER") from None

    def _next(self, question: Question, page: _Page, number: int, count: int) -> Call | None:
        """The call for the page after this one, None after the last."""
        more, call = question.more, question.call
        if more is None:
            return None
        if more.way == "link":
            link = at_path(page.body, more.name)
            return replace(call, path=self._path(link), query={}) if link else None
        value = Value(const=number + 2 if more.way == "page" else count)
        if call.method == "GET":
            return replace(call, query={**call.query, more.name: value})
        return replace(call, body={**call.body, more.name: value})

    def _path(self, link: object) -> str:
        """Path and query of a link to the same server; any other leads nowhere."""
        if not isinstance(link, str):
            return NOWHERE
        try:
            base = URL(self._target.url).origin()
            found = base.join(URL(link, encoded=True))
        except ValueError:
            return NOWHERE
        good = found.origin() == base and "{" not in found.raw_path_qs
        return _FROM_ORIGIN + found.raw_path_qs if good else NOWHERE

    async def _pace(self) -> None:
        """Returns when the next call may leave."""
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(max(0.0, self._next_call - now))
        self._next_call = max(now, self._next_call) + 60 / self._read_back.per_minute


NOWHERE = "///"
"""In the place of a path: the next page is on another server, and not asked for."""
_FROM_ORIGIN = "//"
"""Before a path that begins at the server's root, and not at the instance's address."""


class _Page(NamedTuple):
    items: tuple[Item, ...]
    body: object


def _items(question: Question, answer: Answer) -> tuple[Item, ...] | None:
    """What one page holds; None when it is no such page."""
    whole = question.items == WHOLE
    listed = answer.body if whole else at_path(answer.body, question.items)
    if isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list) or answer.status == _TAKEN:
        return None
    found = list(_read(question, listed))
    return tuple(each for each in found if each is not None) if None not in found else None


_TAKEN = 202
"""Not an answer yet."""


def _read(question: Question, listed: list[object]) -> Iterator[Item | None]:
    for each in listed:
        said = each if question.id == WHOLE else at_path(each, question.id)
        good = isinstance(said, str | int) and not isinstance(said, bool) and str(said)
        name = at_path(each, question.name) if question.name else None
        told = name[:_MOST_NAME] if isinstance(name, str) else None
        yield Item(str(said), told) if good else None
