"""The application on a real socket, and how a test calls it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import confluent_kafka as ck

from preau.broker.clients import consumer_settings
from preau.web.api import create_api
from preau.web.hub import Hub
from preau.web.server import listen, server


class Answered(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Running:
    """The application under test and what it stands on."""

    def __init__(self, hub: Hub, topic: str, bootstrap: str) -> None:
        self.hub, self.topic, self.bootstrap = hub, topic, bootstrap
        self._held = listen("127.0.0.1", 0)
        self.port: int = self._held.getsockname()[1]
        self._server = server(create_api(hub))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._held]})

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)
        self._held.close()

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answered:
        """One request; header names are written with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return Answered(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def post(self, path: str, body: object, key: str = "school-key", **headers: str) -> Answered:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = headers.pop("Content_Type", "application/json")
        return self.call(
            "POST", path, raw, Content_Type=kind, Authorization=f"Bearer {key}", **headers
        )

    def raw(self, text: bytes) -> socket.socket:
        """A bare connection that has sent these bytes."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(text)
        return connection

    def read(self, count: int) -> list[ck.Message]:
        """The first `count` records of the intake topic."""
        consumer = ck.Consumer(consumer_settings(self.bootstrap, f"reader-{self.topic}"))
        consumer.subscribe([self.topic])
        found: list[ck.Message] = []
        limit = time.monotonic() + 30
        while len(found) < count and time.monotonic() < limit:
            message = consumer.poll(0.2)
            if message is not None and message.error() is None:
                found.append(message)
        consumer.close()
        return found
