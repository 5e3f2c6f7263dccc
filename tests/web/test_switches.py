"""The incident switch by HTTP, in the name of the key that asks."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store.switches import Order

pytestmark = pytest.mark.kafka
BY = "key:operate"


def test_a_cut_is_ordered_and_told(running: Any, world: Any) -> None:
    said = {"kind": "instance", "target": "ent-ecole", "let_withdrawals": True, "reason": "vol"}
    answer = running.post("/v1/switches", said, key="operator-key")
    assert answer.status == 201
    assert answer.json == {**said, "id": 7, "at": 5, "resumed_at": None}
    order = Order("instance", "ent-ecole", withdrawals=True, reason="vol")
    assert world.hub.switches.orders == [(order, BY)]


def test_it_is_resumed_by_its_number(running: Any, world: Any) -> None:
    assert running.post("/v1/switches/7/resume", {}, key="operator-key").json["resumed_at"] == 9
    assert world.hub.switches.orders == [(7, BY)]
    unknown = running.post("/v1/switches/8/resume", {}, key="operator-key")
    assert (unknown.status, unknown.json["code"]) == (404, "SWITCH_UNKNOWN")


def test_the_last_cuts_are_listed(running: Any) -> None:
    bearer = {"Authorization": "Bearer operator-key"}
    (found,) = running.call("GET", "/v1/switches", **bearer).json["cuts"]
    assert (found["id"], found["kind"], found["let_withdrawals"]) == (7, "instance", False)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"kind": "class", "target": "x"},
        {"kind": "uai", "target": ""},
        {"kind": "uai", "who": 1},
    ],
)
def test_an_order_of_another_form_is_refused(running: Any, world: Any, said: Any) -> None:
    refused = running.post("/v1/switches", said, key="operator-key")
    assert (refused.status, refused.json["code"]) == (422, "SWITCH_FORM")
    assert world.hub.switches.orders == []


def test_only_an_operator_cuts(running: Any, world: Any) -> None:
    said = {"kind": "instance", "target": "ent-ecole"}
    assert running.post("/v1/switches", said).status == 403
    assert running.post("/v1/switches/7/resume", {}).status == 403
    assert world.hub.switches.orders == []


def test_what_is_cut_is_seen_on_health_and_metrics_without_a_name(running: Any) -> None:
    assert running.call("GET", "/health").json["cut"] == {"instance": 1}
    text = running.call("GET", "/metrics").body
    assert b'preau_cut{kind="instance"} 1.0' in text
    assert b"preau_kept_back 5.0" in text
