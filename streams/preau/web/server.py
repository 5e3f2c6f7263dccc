"""The HTTP server: uvicorn with limits on headers, connections and slow senders."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from preau.errors import Place, Stop
from preau.web.limits import MAX_HEADERS

FIRST_REQUEST_S = 10.0
IDLE_S = 75
CONNECTIONS = 5_000
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Patient(H11Protocol):
    """Closes a connection that has not said one whole request's headers within ten seconds."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the ten seconds."""
        super().connection_made(transport)
        self.loop.call_later(FIRST_REQUEST_S, self._end_if_silent)

    def _end_if_silent(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; its port is known before the server starts (`port` 0: a free one)."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small parts at once only where the protocol is said to be TCP; 40 ms otherwise
    held = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError as error:
        held.close()
        where = Place(field="PREAU_PORT")
        what = f"nothing can listen on {host}:{port} ({error.strerror})"
        fix = "stop what uses it, or choose another PREAU_PORT or PREAU_HOST"
        raise Stop("PORT_TAKEN", what, where=where, fix=fix) from error
    held.listen(1024)
    return held


def server(app: ASGIApp, **options: Any) -> uvicorn.Server:
    """A server for `create_api`'s application; run it with `server.run(sockets=[listen(…)])`."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=Patient,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=IDLE_S,
            timeout_graceful_shutdown=30,
            h11_max_incomplete_event_size=2 * MAX_HEADERS,
            **options,
        )
    )
