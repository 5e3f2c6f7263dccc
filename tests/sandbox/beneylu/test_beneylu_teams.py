"""The fictional Beneylu's work groups: in a class, of its people only."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "/api/1.0/user-directory/groups"
LABEL = {"label": "Atelier", "attributes": {"EXTERNAL_ID": "g1"}}


@pytest.fixture
def team(beneylu: Any) -> int:
    """A work group of the class 5121, whose people are 88 and 89."""
    answer = beneylu.call(f"POST {WHERE}/5121/team", LABEL)
    assert answer.status == 200
    return int(answer.body["id"])


def members(beneylu: Any) -> list[int]:
    (held,) = beneylu.call("GET /_sandbox/holds").body
    found: list[int] = held["members"]
    return found


def test_it_is_found_by_the_hubs_id_and_has_no_join_code(beneylu: Any, team: int) -> None:
    (found,) = beneylu.call("GET /onegroups?external_id=g1").body
    assert (found["id"], found["type"], found["uid"]) == (team, "TEAM", None)


def test_people_enter_once_and_leave(beneylu: Any, team: int) -> None:
    for _ in range(2):
        assert beneylu.call(f"PATCH {WHERE}/{team}/users/add", {"users": [88, "89"]}).status == 200
    assert members(beneylu) == [88, 89]
    for _ in range(2):
        assert beneylu.call(f"PATCH {WHERE}/{team}/users/remove", {"users": [88]}).status == 200
    assert members(beneylu) == [89]
    told = [name for _, name in beneylu.effects()]
    assert told == ["team.create", "team.join", "team.join", "team.leave"]


def test_people_may_be_named_when_it_is_made(beneylu: Any) -> None:
    beneylu.call(f"POST {WHERE}/5121/team", {**LABEL, "users": [89]})
    assert members(beneylu) == [89]


@pytest.mark.parametrize(
    ("users", "status", "error"),
    [
        ([77], 404, "user_not_found"),
        (["Maëlys"], 400, "id_is_not_an_integer"),
        ([89, 77], 404, "user_not_found"),
    ],
)
def test_whoever_is_not_known_keeps_all_of_them_out(
    beneylu: Any, team: int, users: list[object], status: int, error: str
) -> None:
    answer = beneylu.call(f"PATCH {WHERE}/{team}/users/add", {"users": users})
    assert answer == (status, {"error": error})
    assert members(beneylu) == []


def test_nobody_of_another_class_enters(beneylu: Any) -> None:
    made = beneylu.call(f"POST {WHERE}/5122/team", LABEL).body["id"]
    answer = beneylu.call(f"PATCH {WHERE}/{made}/users/add", {"users": [89]})
    assert answer == (400, {"error": "user_not_in_classroom"})


@pytest.mark.parametrize(
    ("of", "body", "status", "error"),
    [
        ("77", LABEL, 404, "group_not_found"),
        ("3001", LABEL, 400, "group_is_not_a_classroom"),
        ("5121", {"label": " "}, 400, "label_is_required"),
    ],
)
def test_it_needs_a_class_and_a_label(
    beneylu: Any, of: str, body: dict[str, object], status: int, error: str
) -> None:
    assert beneylu.call(f"POST {WHERE}/{of}/team", body) == (status, {"error": error})


def test_a_partnership_takes_no_people_and_a_work_group_no_class(beneylu: Any, team: int) -> None:
    made = beneylu.call("POST /onegroups", {"type": "PARTNERSHIP", "label": "Défi"}).body
    answer = beneylu.call(f"PATCH {WHERE}/{made['id']}/users/add", {"users": [89]})
    assert answer == (400, {"error": "group_is_not_a_team"})
    answer = beneylu.call(f"PUT /partnerships/{made['uid']}/adds/{team}/group")
    assert answer == (400, {"error": "group_is_not_a_classroom"})


def test_the_page_shows_its_people(beneylu: Any, team: int) -> None:
    beneylu.call(f"PATCH {WHERE}/{team}/users/add", {"users": [89]})
    page = beneylu.call("GET /").body
    assert "Groupe de travail d" in str(page)


def test_it_goes_with_its_documents_and_dates(beneylu: Any, team: int) -> None:
    beneylu.call(f"PATCH {WHERE}/{team}/users/add", {"users": [89]})
    assert beneylu.call(f"DELETE /groups/{team}").body == {"deleted": True}
    assert beneylu.call("GET /_sandbox/holds").body == []
