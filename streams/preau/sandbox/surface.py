"""What all fictional ENTs share: the machine account, one transaction per call, faults, logs.

Routes under `/_sandbox/` belong to the tests and to `preau demo`; no real product has them:
`GET effects?after=N`, `GET calls?after=N`, `GET emits`, `GET holds`, `POST seed`, `POST say`,
`POST hub`, `POST fault`. A fault is `{"kind", "times", "ms"?, "status"?, "retry_after"?, "path"?}`:
`slow` (waits, then works), `status` (answers that status, does nothing), `lost` (works, then
closes the connection without an answer), `lie` (answers 200 with an error inside, does nothing).
What may be said is each product's own; `{"what": "all", "acts": [order, …]}` does several one after
the other, or none of them.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from aiohttp import BodyPartReader, web

from preau.sandbox.emitter import Emitter
from preau.sandbox.ledger import Ledger, Trace

MAX_BODY = 32 * 1024 * 1024
JSON = "application/json"


class Refused(Exception):
    """The ENT says no: an HTTP status and the body that its documentation gives."""

    def __init__(self, status: int, body: Mapping[str, object]) -> None:
        super().__init__(str(status))
        self.status = status
        self.body = body


class Upload(NamedTuple):
    """One file of a multipart body."""

    name: str
    media_type: str
    content: bytes


class Call(NamedTuple):
    """One authenticated call, read to the end."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]
    files: Mapping[str, Upload]
    trace: Trace
    headers: Mapping[str, str]


class Raw(NamedTuple):
    """An answer whose bytes, type and headers the route gives itself."""

    content: bytes
    media_type: str
    headers: Mapping[str, str] = {}


Handler = Callable[[Call], object]
"""Runs inside one transaction; its JSON answer, or `Raw`, or raises `Refused`."""


@dataclass
class Fault:
    """A misbehaviour that a test asked for; gone after `times` calls."""

    kind: str
    times: int = 1
    ms: int = 0
    status: int = 500
    retry_after: str = ""
    path: str = ""


@dataclass
class Product:
    """What makes one product: its routes, its page, how it is seeded and made to speak.

    With `own_door` its routes look for the token themselves, wherever the product wants it;
    `beside` runs from the server's start to its end.
    """

    name: str
    ledger: Ledger
    routes: Mapping[str, Handler]
    open_routes: Mapping[str, Handler]
    page: Callable[[], str]
    seed: Callable[[dict[str, Any]], object]
    say: Callable[[dict[str, Any]], object]
    holds: Callable[[], object]
    lie: Mapping[str, object]
    unauthorised: Mapping[str, object]
    json_type: str = JSON
    faults: list[Fault] = field(default_factory=list)
    own_door: bool = False
    beside: Callable[[web.Application], AsyncIterator[None]] | None = None


def create_site(product: Product, token: str, emitter: Emitter) -> web.Application:
    """The whole server of one fictional ENT."""
    site = web.Application(client_max_size=MAX_BODY)
    door = _Door(product, token)
    for route, handler in product.routes.items():
        method, path = route.split(" ", 1)
        site.router.add_route(method, path, door.guarded(handler))
    for route, handler in product.open_routes.items():
        method, path = route.split(" ", 1)
        site.router.add_route(method, path, door.open(handler))
    _Backstage(product, emitter).add_to(site)
    site.cleanup_ctx.append(emitter.context)
    if product.beside is not None:
        site.cleanup_ctx.append(product.beside)
    return site


class _Door:
    def __init__(self, product: Product, token: str) -> None:
        self._product = product
        self._expected = f"Bearer {token}".encode()

    def guarded(self, handler: Handler) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.StreamResponse:
            said = request.headers.get("Authorization", "").encode()
            shown = self._product.own_door or hmac.compare_digest(said, self._expected)
            if not shown:
                return self._json(self._product.unauthorised, 401)
            return await self._faulty(request, handler)

        return answer

    def open(self, handler: Handler) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.StreamResponse:
            return self._work(await _read(request), handler, request)

        return answer

    async def _faulty(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        call = await _read(request)
        fault = self._fault(request.path)
        if fault is None:
            return self._work(call, handler, request)
        if fault.kind == "slow":
            await asyncio.sleep(fault.ms / 1000)
        if fault.kind == "status":
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            self._log(call, request, fault.status)
            return web.json_response({"error": "sandbox"}, status=fault.status, headers=headers)
        if fault.kind == "lie":
            return self._json(self._product.lie, 200)
        response = self._work(call, handler, request)
        if fault.kind == "lost" and request.transport is not None:
            request.transport.abort()
        return response

    def _work(self, call: Call, handler: Handler, request: web.Request) -> web.Response:
        ledger = self._product.ledger
        try:
            with ledger.transaction():
                answer = handler(call)
                ledger.called(call.trace, request.method, request.path, 200)
        except Refused as refused:
            self._log(call, request, refused.status)
            return self._json(refused.body, refused.status)
        if isinstance(answer, Raw):
            return web.Response(
                body=answer.content, content_type=answer.media_type, headers=answer.headers
            )
        return self._json(answer, 200)

    def _json(self, answer: object, status: int) -> web.Response:
        return _json(answer, status, self._product.json_type)

    def _log(self, call: Call, request: web.Request, status: int) -> None:
        with self._product.ledger.transaction():
            self._product.ledger.called(call.trace, request.method, request.path, status)

    def _fault(self, path: str) -> Fault | None:
        for fault in self._product.faults:
            if fault.times > 0 and fault.path in path:
                fault.times -= 1
                return fault
        return None


class _Backstage:
    def __init__(self, product: Product, emitter: Emitter) -> None:
        self._product = product
        self._emitter = emitter

    def add_to(self, site: web.Application) -> None:
        add = site.router.add_route
        add("GET", "/", self._page)
        add("GET", "/_sandbox/effects", self._logged("effect"))
        add("GET", "/_sandbox/calls", self._logged("call"))
        add("GET", "/_sandbox/emits", self._emits)
        add("GET", "/_sandbox/holds", self._holds)
        add("POST", "/_sandbox/seed", self._post(self._product.seed))
        add("POST", "/_sandbox/say", self._post(self._say))
        add("POST", "/_sandbox/hub", self._post(self._emitter.aim))
        add("POST", "/_sandbox/fault", self._post(self._misbehave))

    async def _page(self, _request: web.Request) -> web.Response:
        return web.Response(text=self._product.page(), content_type="text/html", charset="utf-8")

    def _logged(self, table: str) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.Response:
            after = int(request.query.get("after", "0"))
            sql = f"select * from {table} where seq>? order by seq"  # noqa: S608 -- our own names
            return _json(self._product.ledger.rows(sql, after), 200)

        return answer

    async def _emits(self, _request: web.Request) -> web.Response:
        sql = "select count(*) as said, count(*) - count(sent_at) as unsent from emit"
        return _json(self._product.ledger.rows(sql)[0], 200)

    async def _holds(self, _request: web.Request) -> web.Response:
        return _json(self._product.holds(), 200)

    def _post(self, act: Callable[[dict[str, Any]], object]) -> Callable[[web.Request], Any]:
        async def answer(request: web.Request) -> web.Response:
            order = await request.json()
            try:
                with self._product.ledger.transaction():
                    said = act(order)
            except Refused as refused:
                return _json(refused.body, refused.status)
            self._emitter.wake()
            return _json(said, 200)

        return answer

    def _say(self, order: dict[str, Any]) -> object:
        if order.get("what") == "all":
            return {"answers": [self._say(each) for each in order["acts"]]}
        return self._product.say(order)

    def _misbehave(self, order: dict[str, Any]) -> object:
        if order.get("kind") == "none":
            self._product.faults.clear()
        else:
            self._product.faults.append(Fault(**order))
        return {"faults": len(self._product.faults)}


async def _read(request: web.Request) -> Call:
    body: dict[str, Any] = {}
    files: dict[str, Upload] = {}
    if request.content_type.startswith("multipart/"):
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader):
                await _part(part, body, files)
    elif request.content_type == "application/x-www-form-urlencoded":
        body = dict(await request.post())
    elif request.can_read_body:
        try:
            said = await request.json()
        except json.JSONDecodeError:
            said = None
        body = said if isinstance(said, dict) else {}
    trace = Trace.of(request.headers)
    path, query = dict(request.match_info), dict(request.query)
    return Call(path, query, body, files, trace, request.headers)


async def _part(part: BodyPartReader, body: dict[str, Any], files: dict[str, Upload]) -> None:
    content = bytes(await part.read())
    if part.filename is not None:
        media_type = part.headers.get("Content-Type", "application/octet-stream")
        files[part.name or "file"] = Upload(part.filename, media_type, content)
    else:
        body[part.name or ""] = content.decode()


def _json(answer: object, status: int, media_type: str = JSON) -> web.Response:
    text = json.dumps(answer, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type=media_type)
