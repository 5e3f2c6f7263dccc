"""An ENT that takes webhooks: signed, counted, and left alone once it answers 410."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
COLLEGE = "mon-ent"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Verifies each webhook with the standard's own library; answers as its server says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = Webhook(SECRET).verify(body, dict(self.headers.items()))
        server: Any = self.server
        server.said.append(said)
        self.send_response(server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def receiver() -> Iterator[Any]:
    """A webhook receiver on a free port; `said` is what it verified."""
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.said, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def webhook_hub(hub: Any, receiver: Any) -> Any:
    """The hub, its collège now reached by webhook."""
    hub.instances[COLLEGE] = hub.instances[COLLEGE]._replace(
        way_out="webhook",
        base_url=f"http://127.0.0.1:{receiver.server_port}/hook",
        secret=SECRET,
    )
    return hub


def test_each_delivery_is_one_verified_webhook_whose_id_is_the_deliverys(
    webhook_hub: Any, receiver: Any, group: Any, member: Any, users: Any
) -> None:
    rows = [group(COLLEGE), *(member(COLLEGE, user) for user in users[:5])]
    webhook_hub.send(*rows)
    webhook_hub.work(lambda hub: hub.idle())
    assert sorted(each["id"] for each in receiver.said) == sorted(row.event_id for row in rows)
    assert receiver.said[0]["subject"] == "group:g1"


def test_after_410_the_destination_is_disabled_and_keeps_what_it_is_owed(
    webhook_hub: Any, receiver: Any, group: Any
) -> None:
    receiver.status = 410
    webhook_hub.send(group(COLLEGE), group(COLLEGE, "g2"))
    webhook_hub.work(lambda hub: COLLEGE in hub.disabled and hub.receipts)
    assert webhook_hub.receipts[0]["reason"] == "DISABLED"
    assert not webhook_hub.idle()
    told, receiver.status = len(receiver.said), 200
    webhook_hub.instances[COLLEGE] = webhook_hub.instances[COLLEGE]._replace(disabled=False)
    webhook_hub.work(lambda hub: hub.idle())
    assert len(receiver.said) == told + 2
    assert set(webhook_hub.outcomes().values()) == {"APPLIED"}
