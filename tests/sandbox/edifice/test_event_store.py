"""The event store of the fictional Edifice answers as documented: spans, types, batches, marks."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

Ent = Any
LIST = "/infra/v2/event/list/events/"


@pytest.fixture
def store(edifice: Ent) -> Ent:
    events = [
        {"event-type": "LOGIN", "date": 30, "_id": "c"},
        {"event-type": "DELETE_USER", "date": 10, "_id": "a", "old-users": [{"id": "u"}]},
        {"event-type": "MERGE_USER", "date": 20, "_id": "b", "deletedUserId": "v"},
    ]
    say = {"what": "store", "events": events}
    assert edifice.call("POST /_sandbox/say", say).body["stored"] == ["c", "a", "b"]
    return edifice


def listed(ent: Ent, rest: str, token: str = "machine-account-of-the-tests") -> tuple[Any, str]:
    """The ids that an address gives, and what X-HAS-MORE says."""
    connection = http.client.HTTPConnection(urlsplit(ent.origin).netloc, timeout=10)
    try:
        connection.request("GET", LIST + rest, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status != 200:
        return answer.status, ""
    return [each["_id"] for each in body], answer.headers["X-HAS-MORE"]


@pytest.mark.parametrize(
    ("rest", "ids"),
    [
        ("0", ["c", "a", "b"]),
        ("0?sorted=true", ["a", "b", "c"]),
        ("20?sorted=true", ["b", "c"]),
        ("10?duration=20&sorted=true", ["a", "b"]),
        ("0?event-types=DELETE_USER,MERGE_USER", ["a", "b"]),
        ("31", []),
    ],
)
def test_what_is_listed(store: Ent, rest: str, ids: list[str]) -> None:
    assert listed(store, rest) == (ids, "false")


def test_a_batch_says_that_there_is_more(store: Ent) -> None:
    store.call("POST /_sandbox/say", {"what": "store", "batch": 2})
    assert listed(store, "0?sorted=true") == (["a", "b"], "true")
    assert listed(store, "20?sorted=true") == (["b", "c"], "false")


def test_what_is_marked_can_be_left_out(store: Ent) -> None:
    assert store.call("PUT /infra/event/mark/events/0?duration=15").body == {"marked": 1}
    assert listed(store, "0?skip-synced=true&sorted=true") == (["b", "c"], "false")
    assert listed(store, "0?sorted=true") == (["a", "b", "c"], "false")


def test_what_it_refuses(store: Ent) -> None:
    assert listed(store, "yesterday") == (400, "")
    assert listed(store, "0?duration=long") == (400, "")
    assert listed(store, "0", token="wrong") == (401, "")
    store.call("POST /_sandbox/say", {"what": "store", "super_admin": False})
    assert listed(store, "0") == (401, "")
