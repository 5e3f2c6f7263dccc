"""The fictional Beneylu's calendar: the hub's dates and its teachers'."""

from __future__ import annotations

import json
from typing import Any

import pytest

WHERE = "/api/1.0/calendar/events"
AT = {"date_start": "2026-10-12T08:30:00Z", "date_end": None, "is_all_day": False}


@pytest.fixture
def group(beneylu: Any) -> int:
    """A partnership that the hub made."""
    body = {"type": "PARTNERSHIP", "label": "Défi lecture", "attributes": {"EXTERNAL_ID": "g1"}}
    return int(beneylu.call("POST /onegroups", body).body["id"])


def dates(beneylu: Any) -> list[dict[str, Any]]:
    (held,) = beneylu.call("GET /_sandbox/holds").body
    shown: list[dict[str, Any]] = held["dates"]
    return shown


def test_a_date_is_put_changed_found_and_taken_away(beneylu: Any, group: int) -> None:
    body = {"title": "Rencontre", "group_id": group, "external_id": "d1", **AT}
    made = beneylu.call(f"POST {WHERE}", body).body
    assert beneylu.call(f"GET {WHERE}?external_id=d1").body[0]["id"] == made["id"]
    told = {"title": "Visite", **AT}
    assert beneylu.call(f"PATCH {WHERE}/{made['id']}", told).status == 200
    assert dates(beneylu) == [
        {"title": "Visite", "start": AT["date_start"], "end": None, "hub_id": "d1"}
    ]
    assert beneylu.call(f"DELETE {WHERE}/{made['id']}").status == 200
    assert beneylu.call(f"DELETE {WHERE}/{made['id']}").status == 404
    assert dates(beneylu) == []


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [
        ({"group_id": 77}, 404, "group_not_found"),
        ({"title": " "}, 400, "title_is_required"),
        ({"date_start": ""}, 400, "date_start_is_required"),
    ],
)
def test_what_is_no_date_of_a_group_is_refused(
    beneylu: Any, group: int, wrong: dict[str, Any], status: int, error: str
) -> None:
    answer = beneylu.call(f"POST {WHERE}", {"title": "x", "group_id": group, **AT, **wrong})
    assert answer == (status, {"error": error})


def test_a_teachers_date_is_said_to_the_hub(beneylu: Any, group: int, hub: Any) -> None:
    beneylu.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    order = {"what": "date", "group": group, "title": "Sortie", "start": "2026-10-12T08:30:00Z"}
    assert beneylu.call("POST /_sandbox/say", order).body["said"] == 1
    (said,) = (json.loads(each) for each in hub.wait(1))
    assert said["event"] == "CALENDAR_CREATE_EVENT"
    assert said["data"]["group_id"] == group
