"""An ENT that takes webhooks: signed, counted, and left alone once it answers 410."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from preau.ids import event_id
from preau.store import clocks, outgoing
from preau.store.deliveries import Delivery
from preau.store.outgoing import Answer, Wanted

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
COLLEGE = "mon-ent"
NOW = 1_791_793_800_000


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


def tell(hub: Any, now: int, *wanted: Wanted) -> None:
    """The project is to hold these there from now on; the ENT is told, and its answers are kept."""
    engine = hub.opened[-1]
    with engine.begin() as connection:
        held = outgoing.of_project(connection, "p-1")
        outgoing.change(connection, held, wanted, now, lambda each: (each, True))
        rows = [row for row in outgoing.of_project(connection, "p-1") if row not in held]
    for row in rows:
        said = {name: getattr(row, name) for name in Delivery._fields if name in row._fields}
        identity = event_id("hub", f"{row.destination}/{row.entity}", str(row.version))
        hub.send(Delivery(event_id=identity, **said))
    hub.work(lambda hub: hub.idle())
    answers = [Answer(row.destination, row.entity, row.version, applied=True) for row in rows]
    with engine.begin() as connection:
        outgoing.answer(connection, answers, now)


def known_to_a_careful_ent(said: list[dict[str, Any]]) -> dict[str, str]:
    """Subject -> type, in an ENT that keeps the last version and does nothing for an older one."""
    last: dict[str, int] = {}
    held: dict[str, str] = {}
    for each in said:
        subject, version = each["subject"], each["data"]["version"]
        if version > last.get(subject, 0):
            last[subject], held[subject] = version, each["type"]
    return held


def test_an_ent_that_ignores_old_versions_has_the_member_who_came_back_next_term(
    webhook_hub: Any, receiver: Any, users: Any
) -> None:
    group = Wanted(COLLEGE, "group:g1", "p-1", "GROUP_PUT", {"group": "g1", "name": "D"})
    body = {"group": "g1", "member_kind": "PERSON", "local_id": users[0]}
    entity = f"member:g1:{users[0]}"
    member = Wanted(COLLEGE, entity, "p-1", "MEMBER_PUT", body, ("group:g1",), "c", users[0])
    tell(webhook_hub, NOW, group, member)
    tell(webhook_hub, NOW, group)
    assert known_to_a_careful_ent(receiver.said)[entity] == "fr.preau.member.remove.v1"
    later = NOW + clocks.PERSONAL_MS
    with webhook_hub.opened[-1].begin() as connection:
        assert clocks.sweep(connection, later)["outgoing"] == 1
        assert outgoing.of_entities(connection, "p-1", [entity]) == []
    tell(webhook_hub, later, group._replace(body={"group": "g1", "name": "E"}), member)
    assert known_to_a_careful_ent(receiver.said)[entity] == "fr.preau.member.put.v1"
    assert len({each["id"] for each in receiver.said}) == len(receiver.said)
