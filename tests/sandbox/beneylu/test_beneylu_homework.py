"""The fictional Beneylu's homework: given, changed, found, taken away."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "/api/1.0/homeworks"


@pytest.fixture
def group(beneylu: Any) -> int:
    """A partnership that the hub made."""
    body = {"type": "PARTNERSHIP", "label": "Défi lecture", "attributes": {"EXTERNAL_ID": "g1"}}
    return int(beneylu.call("POST /onegroups", body).body["id"])


def works(beneylu: Any) -> list[dict[str, Any]]:
    (held,) = beneylu.call("GET /_sandbox/holds").body
    shown: list[dict[str, Any]] = held["homework"]
    return shown


def given(beneylu: Any, **said: object) -> Any:
    work = {"name": "Lire", "due_date": "2026-10-12", "external_id": "h1", **said}
    return beneylu.call(f"POST {WHERE}", {"homeworks": [work]})


def test_work_is_given_changed_found_and_taken_away(beneylu: Any, group: int) -> None:
    (made,) = given(beneylu, groups=[group]).body
    assert beneylu.call(f"GET {WHERE}?external_id=h1").body[0]["id"] == made["id"]
    told = {"name": "Relire", "due_date": "2026-10-13"}
    assert beneylu.call(f"PATCH {WHERE}/{made['id']}", told).status == 200
    assert works(beneylu) == [{"title": "Relire", "due": "2026-10-13"}]
    assert beneylu.call(f"DELETE {WHERE}/{made['id']}").status == 200
    assert beneylu.call(f"DELETE {WHERE}/{made['id']}").status == 404
    assert works(beneylu) == []


def test_work_that_is_posted_twice_is_there_twice(beneylu: Any, group: int) -> None:
    for _ in range(2):
        given(beneylu, groups=[group])
    assert len(works(beneylu)) == 2


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    [({"groups": [77]}, 404, "group_not_found"), ({"name": " "}, 400, "name_is_required")],
)
def test_what_is_no_work_of_a_group_is_refused(
    beneylu: Any, group: int, wrong: dict[str, Any], status: int, error: str
) -> None:
    assert given(beneylu, **({"groups": [group]} | wrong)) == (status, {"error": error})


def test_work_goes_with_its_group(beneylu: Any, group: int) -> None:
    (made,) = given(beneylu, groups=[group]).body
    beneylu.call(f"DELETE /groups/{group}")
    assert beneylu.call(f"DELETE {WHERE}/{made['id']}").status == 404
