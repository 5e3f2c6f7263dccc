"""Starts a fictional ENT as a process of its own, for the demo and the tests, and talks to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from preau.broker.ports import free_ports
from preau.errors import Place, Stop

_PATIENCE_S = 30
_DRAWS = 5
"""Ports that are tried: what was free when it was drawn may be taken a moment later."""


class Answer(NamedTuple):
    """`body` is the answer's JSON, or its bytes when it is not JSON."""

    status: int
    body: Any


class EntProcess:
    """One `python -m preau.sandbox`; it ends when its parent does, however the parent dies.

    `token` is that of its machine account.
    """

    def __init__(self, product: str, data: Path, token: str) -> None:
        self._command = [sys.executable, "-m", "preau.sandbox", product, "--with-parent"]
        self._command += ["--data", str(data), "--token", token]
        self.token = token
        self._process: subprocess.Popen[str] | None = None
        self._product = product
        self.origin = ""

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it, on the port that it had before if it ran before; returns when it listens.

        The port is below those that the system hands to clients: none can sit on it meanwhile.
        """
        fixed = urlsplit(self.origin).port
        for _ in range(1 if fixed else _DRAWS):
            self._begin(fixed or free_ports(1)[0])
            if self.origin:
                return
            self._end(signal.SIGKILL)
        raise Stop(
            "SANDBOX_START",
            "the fictional ENT ended before it listened",
            where=Place(connector=self._product),
            fix="run its command by hand and read what it says",
        )

    def kill(self) -> None:
        """`kill -9`: what it had answered is on disk, what it had not is anybody's guess."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """A clean end; its exit code."""
        return self._end(signal.SIGTERM)

    def call(
        self,
        route: str,
        body: object = None,
        *,
        token: str | None = None,
        media_type: str = "application/json",
        **traces: str,
    ) -> Answer:
        """One call as the machine account: `call("POST /onegroups", {…}, event="e1")`."""
        method, address = route.split(" ", 1)
        split = urlsplit(address if "://" in address else self.origin + address)
        path = split.path + (f"?{split.query}" if split.query else "")
        said = {"Authorization": f"Bearer {self.token if token is None else token}"}
        said |= {f"X-Preau-{name.capitalize()}": value for name, value in traces.items()}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            said["Content-Type"] = media_type
        connection = http.client.HTTPConnection(split.netloc, timeout=_PATIENCE_S)
        try:
            connection.request(method, path, data, said)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        try:
            return Answer(answer.status, json.loads(content))
        except ValueError:
            return Answer(answer.status, content)

    def _begin(self, port: int) -> None:
        self._process = subprocess.Popen(
            [*self._command, "--port", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        self.origin = line.strip().removeprefix("listening on ")

    def _end(self, number: int) -> int:
        if self._process is None:
            return 0
        if self.alive:
            os.kill(self._process.pid, number)
        code = self._process.wait(_PATIENCE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        return code
