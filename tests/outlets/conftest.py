"""A real HTTP server that answers as told, on loopback, beside the code under test."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NamedTuple

import pytest

from preau.outlets.outcome import Parcel


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
