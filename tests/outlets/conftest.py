"""A real HTTP server that answers as told, on loopback, beside the code under test."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NamedTuple

import pytest

from preau.clock import SystemClock
from preau.errors import Place
from preau.outlets.address import open_session
from preau.outlets.operation import parse_operation
from preau.outlets.outcome import Media, Outcome, Parcel, Target
from preau.outlets.push import Push
from tests.outlets.sending import GROUP, NEEDS, SHARE


class Seen(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Said(NamedTuple):
    """One answer to give."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = ()


class Server:
    """Answers with `answers` in turn, then 200; `seen` is what it was asked."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answers: list[Said] = []
        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length", "0"))
        body = request.rfile.read(length)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append(Seen(request.command, request.path, headers, body))
        said = self.answers.pop(0) if self.answers else Said()
        request.send_response(said.status)
        for name, value in (("Content-Type", "application/json"), *said.headers):
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(said.body)))
        request.end_headers()
        request.wfile.write(said.body)

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                server.answer(self)

            do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815

            def log_message(self, *_: Any) -> None: ...

        return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    """One server on a free port."""
    made = Server()
    yield made
    made.close()


@pytest.fixture
def say() -> type[Said]:
    """Makes an answer: `say(404, b'{}')`."""
    return Said


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs one coroutine to its end."""
    return asyncio.run


@pytest.fixture
def parcel() -> Callable[..., Parcel]:
    """A delivery: `parcel("GROUP_PUT", group="g1", name="Défi")`."""

    def make(operation: str = "GROUP_PUT", entity: str = "group:g1", **body: Any) -> Parcel:
        return Parcel("e-1", "mon-ent", operation, entity, 7, "c-1", 1_789_000_000_123, body)

    return make


@pytest.fixture
def deliver(run: Any, server: Any) -> Any:
    """One try at a delivery: `deliver(parcel(…), kept, raw=…)`; its outcome."""

    async def nothing(_instance: str, _media: str) -> Media | Outcome:
        return Outcome("REFUSED", "MEDIA_GONE", sent=False)

    def go(parcel: Any, kept: Any = None, *, unknown: bool = False, **options: Any) -> Outcome:
        async def one() -> Outcome:
            raw = options.get("raw", GROUP if parcel.operation == "GROUP_PUT" else SHARE)
            operation = parse_operation(
                parcel.operation, raw, NEEDS[parcel.operation], Place("essai")
            )
            push = Push(
                Target("mon-ent", options.get("url", server.url), "secret", loopback=True),
                {parcel.operation: operation},
                NEEDS,
                open_session(loopback=True),
                options.get("fetch", nothing),
                SystemClock(),
                options.get("link", lambda _instance, _media: ""),
            )
            try:
                return await push.deliver(parcel, kept or {}, unknown=unknown)
            finally:
                await push.close()

        outcome: Outcome = run(one())
        return outcome

    return go
