"""An ENT that chokes on some things: each parks what comes after it, and nothing else waits."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
COLLEGE = "mon-ent"
STALL_S = 1.0


class Choking(http.server.BaseHTTPRequestHandler):
    """Takes what it is told, except what its server chokes on: that is answered 500, slowly or not.

    `told` is (subject, version, moment) of everything that came, `taken` of what was accepted.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server: Any = self.server
        said = (body["subject"], body["data"]["version"], time.monotonic())
        server.told.append(said)
        slow = server.chokes.get(body["subject"])
        if slow is None:
            server.taken.append(said)
        else:
            server.healed.wait(slow)
        self.send_response(200 if slow is None else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def ent(hub: Any) -> Iterator[Any]:
    """The collège's ENT, reached by webhook."""
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Choking)
    server.told, server.taken, server.chokes, server.healed = [], [], {}, threading.Event()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/hook"
    way = {"way_out": "webhook", "base_url": address, "secret": SECRET}
    hub.instances[COLLEGE] = hub.instances[COLLEGE]._replace(**way)
    yield server
    server.healed.set()
    server.shutdown()
    server.server_close()
    thread.join()


def longest_gap(ent: Any) -> float:
    """Seconds between two things that were taken, at most."""
    moments: list[float] = [moment for _, _, moment in ent.taken]
    return max(b - a for a, b in pairwise(moments))


@pytest.mark.parametrize(
    ("pills", "slow"),
    [([50, 120], 0.0), ([50, 120], 3.0), (range(20, 44), 0.0)],
    ids=["one in a hundred", "one in a hundred, slow", "many in a row"],
)
def test_a_thing_that_an_ent_chokes_on_parks_only_what_comes_after_it(
    hub: Any, ent: Any, group: Callable[..., Any], pills: Any, slow: float
) -> None:
    names = [f"g{number}" for number in range(200)]
    ent.chokes = {f"group:g{number}": slow for number in pills}
    rows = [group(COLLEGE, name) for name in names]
    rows += [group(COLLEGE, name, version=2, label="Défi 2") for name in names]
    hub.send(*rows)
    well = 2 * (len(names) - len(ent.chokes))
    hub.work(lambda _hub: len(ent.taken) == well)
    assert longest_gap(ent) < STALL_S
    parked = [version for subject, version, _ in ent.told if subject in ent.chokes]
    assert set(parked) == {1}, "what comes after a pill went before it"
    ent.chokes = {}
    ent.healed.set()
    hub.work(lambda hub: hub.idle())
    for name in names:
        taken = [version for subject, version, _ in ent.taken if subject == f"group:{name}"]
        assert taken == [1, 2], name
