"""`/v1/setasides` is the operator's: it lists causes, shows one, redrives, drops."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store.set_asides import Chosen
from preau.web.follow_up import SetAsideOrder
from tests.web.aside import plain

pytestmark = pytest.mark.kafka
KEY = "Bearer operator-key"


def test_causes_are_listed_as_chosen(running: Any, world: Any) -> None:
    path = "/v1/setasides?connector=beneylu&code=DATE&since=5&state=OPEN"
    [cause] = running.call("GET", path, Authorization=KEY).json["causes"]
    assert (cause["code"], cause["records"], cause["fix"]) == ("DATE", 1, "write the day")
    assert cause["examples"] == [plain()]
    assert world.asides.asked == [Chosen("beneylu", "", "DATE", 5, "OPEN")]


def test_one_is_shown_and_an_unknown_one_is_404(running: Any) -> None:
    assert running.call("GET", "/v1/setasides/known", Authorization=KEY).json == plain()
    unknown = running.call("GET", "/v1/setasides/other", Authorization=KEY)
    assert (unknown.status, unknown.json["code"]) == (404, "SETASIDE_UNKNOWN")


def test_a_redrive_is_told_as_its_preview_is(running: Any, world: Any) -> None:
    told = {"connector": "beneylu", "code": "DATE", "limit": 5}
    look = running.post("/v1/setasides/redrive", {**told, "dry_run": True}, key="operator-key")
    done = running.post("/v1/setasides/redrive", told, key="operator-key")
    assert (look.json["sent"], done.json["sent"]) == (0, 1)
    assert done.json["canonical"] == {"person": 1}
    order = SetAsideOrder((), Chosen("beneylu", "", "DATE"), 5)
    assert world.asides.orders == [
        ("redrive", order, "key:operate", True),
        ("redrive", order, "key:operate", False),
    ]


def test_some_are_dropped_by_their_ids(running: Any, world: Any) -> None:
    done = running.post("/v1/setasides/drop", {"ids": ["known"]}, key="operator-key")
    assert (done.status, done.json) == (200, {"records": 1})
    assert world.asides.orders == [("drop", SetAsideOrder(("known",)), "key:operate", False)]


@pytest.mark.parametrize(
    "said", [{"limit": 0}, {"limit": 10_001}, {"who": "me"}, {"ids": "known"}, {"since": -1}]
)
def test_what_is_not_an_order_is_refused_with_its_field(
    running: Any, world: Any, said: dict[str, Any]
) -> None:
    answer = running.post("/v1/setasides/redrive", said, key="operator-key")
    assert (answer.status, answer.json["code"]) == (422, "SETASIDE_FORM")
    assert world.asides.orders == []


def test_a_day_that_is_no_number_is_refused(running: Any) -> None:
    answer = running.call("GET", "/v1/setasides?since=monday", Authorization=KEY)
    assert (answer.status, answer.json["field"]) == (422, "since")


@pytest.mark.parametrize("path", ["", "/known", "/redrive", "/drop"])
def test_the_api_is_the_operators_only(running: Any, world: Any, path: str) -> None:
    method = "POST" if path in ("/redrive", "/drop") else "GET"
    for key, status in (("school-key", 403), ("unknown", 401)):
        answer = running.call(method, f"/v1/setasides{path}", Authorization=f"Bearer {key}")
        assert answer.status == status
    assert world.asides.orders == []
