"""Fictional ENTs as real processes: seeded, called over HTTP, killed and started again."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.sandbox.process import EntProcess

TOKEN = "machine-account-of-the-tests"
BENEYLU_SEED = {
    "instance": "ent-ecole",
    "title": "ENT-école (fictif)",
    "schools": [
        {
            "id": 3001,
            "uai": "0119001Z",
            "name": "École de la Blanquette",
            "classes": [
                {
                    "id": 5121,
                    "label": "CM2 A",
                    "levels": ["CM2"],
                    "users": [
                        {
                            "id": 88,
                            "first_name": "Claire",
                            "last_name": "RIEUNIER",
                            "role": "TEACHER",
                        },
                        {"id": 89, "first_name": "Maëlys", "last_name": "DELPRAT", "role": "PUPIL"},
                    ],
                },
                {"id": 5122, "label": "CM1 <b>", "levels": ["CM1"], "aaf_linked": 1},
            ],
        }
    ],
}
USER = "a1b2c3d4-0001-4a6e-9a11-0c5d7e9f1a01"
EDIFICE_SEED = {
    "instance": "mon-ent",
    "title": "Mon ENT (fictif)",
    "structures": [
        {
            "id": "s-1",
            "uai": "0119010J",
            "name": "Collège des Trois-Ponts",
            "classes": [
                {
                    "id": "6f0c1a52-94de-4f0e-8f0a-3d2b0e6b7c10",
                    "name": "6A",
                    "users": [
                        {
                            "id": USER,
                            "displayName": "VIDALENQ Marc",
                            "profile": "Teacher",
                            "externalId": "MONTPELLIER-31990",
                        }
                    ],
                }
            ],
        }
    ],
}

TEACHER, PUPIL, CLASS = "ESKO-P-77", "ESKO-P-501", "ESKO-C-61"
SKOLENGO_SEED = {
    "instance": "mon-ent-occitanie",
    "title": "Mon ENT Occitanie (fictif)",
    "emsCode": "entmip",
    "schools": [
        {
            "id": "ESKO-S-3",
            "uai": "0119010J",
            "name": "Collège des Trois-Ponts",
            "classes": [
                {
                    "id": CLASS,
                    "name": "6e A",
                    "level": "6EME",
                    "users": [
                        {
                            "id": TEACHER,
                            "type": "teacher",
                            "lastName": "VIDALENQ",
                            "firstName": "Marc",
                            "joinKey": "AC-MONTPELLIER$31990",
                        },
                        {
                            "id": PUPIL,
                            "type": "studentUserInfo",
                            "lastName": "DELPRAT",
                            "firstName": "Maëlys",
                            "dateOfBirth": "2015-03-09",
                        },
                    ],
                }
            ],
        }
    ],
}


class Ent(EntProcess):
    """One process and what its log says."""

    def effects(self) -> list[tuple[str, str]]:
        found = self.call("GET /_sandbox/effects").body
        return [(each["event"], each["verb"]) for each in found]


@pytest.fixture
def open_ent(tmp_path: Path) -> Iterator[Callable[[str], Ent]]:
    """Starts a fictional ENT, empty: `open_ent("beneylu")`."""
    running: list[Ent] = []

    def make(product: str) -> Ent:
        running.append(Ent(product, tmp_path / product, TOKEN))
        running[-1].start()
        return running[-1]

    yield make
    for ent in running:
        if ent.alive:
            assert ent.stop() == 0


@pytest.fixture
def beneylu(open_ent: Callable[[str], Ent]) -> Ent:
    """An instance with one école, two classes (the second is the State's) and two people."""
    ent = open_ent("beneylu")
    assert ent.call("POST /_sandbox/seed", BENEYLU_SEED).status == 200
    return ent


@pytest.fixture
def edifice(open_ent: Callable[[str], Ent]) -> Ent:
    """A platform with one collège, one class and one teacher."""
    ent = open_ent("edifice")
    assert ent.call("POST /_sandbox/seed", EDIFICE_SEED).status == 200
    return ent


@pytest.fixture
def skolengo(open_ent: Callable[[str], Ent]) -> Ent:
    """An ENT with one collège, one class, one teacher and one pupil."""
    ent = open_ent("skolengo")
    assert ent.call("POST /_sandbox/seed", SKOLENGO_SEED).status == 200
    return ent


@pytest.fixture
def teacher() -> str:
    """The id of the collège's only teacher."""
    return USER


class Hub:
    """A real HTTP server in the place of the hub: keeps what it is sent, refuses when told to."""

    def __init__(self) -> None:
        self.accepted: list[bytes] = []
        self.refused: list[bytes] = []
        self._to_refuse = 0
        self._changed = threading.Condition()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/intake/test"

    def refuse(self, times: int) -> None:
        self._to_refuse = times

    def wait(self, accepted: int, refused: int = 0) -> list[bytes]:
        """Everything sent, once that many were accepted and refused."""
        with self._changed:
            enough = self._changed.wait_for(
                lambda: len(self.accepted) >= accepted and len(self.refused) >= refused, 30
            )
        assert enough, f"{len(self.accepted)} accepted, {len(self.refused)} refused"
        return self.refused + self.accepted

    def until(self, holds: Callable[[], bool]) -> None:
        """Returns once the condition holds; asked again after each change and each 50 ms."""
        deadline = time.monotonic() + 30
        while not holds():
            assert time.monotonic() < deadline, "the condition never held"
            with self._changed:
                self._changed.wait(0.05)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, body: bytes) -> int:
        with self._changed:
            refusing = self._to_refuse > 0
            self._to_refuse -= refusing
            (self.refused if refusing else self.accepted).append(body)
            self._changed.notify_all()
        return 503 if refusing else 202

    def _handler(hub) -> type[http.server.BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(hub.take(body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        return Handler


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Where a fictional ENT sends its events."""
    made = Hub()
    yield made
    made.close()
