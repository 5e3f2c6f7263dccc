"""The fictional Skolengo speaks JSON:API: what it does, what it refuses, with which code."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

Ent = Any
JSON_API = "application/vnd.api+json"
TEACHER, PUPIL, CLASS = "ESKO-P-77", "ESKO-P-501", "ESKO-C-61"


def call(ent: Ent, route: str, body: object = None, event: str = "") -> Any:
    return ent.call(route, body, media_type=JSON_API, event=event)


def code(answer: Any) -> tuple[int, str]:
    return answer.status, answer.body["errors"][0]["code"]


def document(kind: str, **attributes: object) -> dict[str, Any]:
    return {"data": {"type": kind, "attributes": attributes}}


def group(ent: Ent) -> str:
    body = document("group", name="Défi lecture", externalId="hub-1")
    return str(call(ent, "POST /groups", body, event="e1").body["data"]["id"])


def links(kind: str, *ids: str) -> dict[str, Any]:
    return {"data": [{"type": kind, "id": each} for each in ids]}


def test_a_group_is_found_by_the_hubs_id(skolengo: Ent) -> None:
    made = group(skolengo)
    found = call(skolengo, "GET /groups?filter%5BexternalId%5D=hub-1").body["data"]
    assert [(each["type"], each["id"]) for each in found] == [("group", made)]


def test_members_come_and_go_once_however_often_it_is_asked(skolengo: Ent) -> None:
    route = f"/groups/{group(skolengo)}/relationships/members"
    for _ in range(2):
        assert call(skolengo, f"POST {route}", links("user", TEACHER, PUPIL), "e2").status == 200
    for _ in range(2):
        assert call(skolengo, f"DELETE {route}", links("user", PUPIL), "e3").status == 200
    assert skolengo.effects() == [
        ("e1", "group.create"),
        ("e2", "member.add"),
        ("e2", "member.add"),
        ("e3", "member.remove"),
    ]


@pytest.mark.parametrize(
    ("route", "body", "refused"),
    [
        ("POST /groups", document("team", name="x"), (409, "TYPE_OR_ID_CONFLICT")),
        ("POST /groups", document("group", label="x"), (400, "UNKNOWN_ATTRIBUTE")),
        ("POST /groups", document("group", name=" "), (422, "NAME_REQUIRED")),
        ("POST /groups", {"name": "x"}, (400, "INVALID_DOCUMENT")),
        (f"PATCH /groups/{CLASS}", document("group", name="x"), (409, "TYPE_OR_ID_CONFLICT")),
        ("DELETE /groups/no", None, (404, "GROUP_NOT_FOUND")),
        (f"DELETE /groups/{CLASS}", None, (403, "GROUP_READ_ONLY")),
        ("POST /groups/no/relationships/members", links("user", PUPIL), (404, "GROUP_NOT_FOUND")),
        (
            f"POST /groups/{CLASS}/relationships/members",
            links("user", "no"),
            (404, "USER_NOT_FOUND"),
        ),
        (
            f"POST /groups/{CLASS}/relationships/members",
            links("robot", PUPIL),
            (409, "TYPE_OR_ID_CONFLICT"),
        ),
        (
            f"POST /groups/{CLASS}/relationships/attachments",
            links("attachment", "no"),
            (404, "ATTACHMENT_NOT_FOUND"),
        ),
        ("POST /news", document("news", title="x"), (400, "INVALID_DOCUMENT")),
        ("PATCH /news/no", document("news", title="x"), (404, "NEWS_NOT_FOUND")),
        ("GET /attachments/no", None, (404, "ATTACHMENT_NOT_FOUND")),
        ("POST /attachments", None, (422, "FILE_REQUIRED")),
    ],
)
def test_a_refusal_is_a_json_api_error_and_changes_nothing(
    skolengo: Ent, route: str, body: object, refused: tuple[int, str]
) -> None:
    assert code(call(skolengo, route, body)) == refused
    assert skolengo.effects() == []


def test_another_media_type_than_the_standards_is_refused(skolengo: Ent) -> None:
    answer = skolengo.call("POST /groups", document("group", name="x"))
    assert code(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_without_its_token_nobody_is_let_in(skolengo: Ent) -> None:
    assert code(skolengo.call("GET /groups", token="another")) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "account", ["BLOCKED_ACCOUNT", "SUSPENDED_ACCOUNT", "SKO_APP_NOT_SUBSCRIBED"]
)
def test_an_account_that_may_not_is_told_why_until_it_may_again(
    skolengo: Ent, account: str
) -> None:
    order = {"what": "contract", "account": account}
    assert skolengo.call("POST /_sandbox/say", order).status == 200
    assert code(call(skolengo, "GET /groups")) == (403, account)
    skolengo.call("POST /_sandbox/say", {**order, "account": ""})
    assert call(skolengo, "GET /groups").status == 200


def test_without_the_contract_no_group_is_created(skolengo: Ent) -> None:
    order = {"what": "contract", "creates_groups": False}
    skolengo.call("POST /_sandbox/say", order)
    answer = call(skolengo, "POST /groups", document("group", name="x"))
    assert code(answer) == (403, "GROUP_CREATION_NOT_ALLOWED")


def test_a_503_says_in_milliseconds_when_to_come_back(skolengo: Ent) -> None:
    fault = {"kind": "status", "status": 503, "retry_after": "1500", "path": "/groups"}
    assert skolengo.call("POST /_sandbox/fault", fault).status == 200
    assert call(skolengo, "GET /groups").status == 503
    assert call(skolengo, "GET /groups").status == 200


def test_an_attachment_is_read_at_a_signed_address_that_nobody_can_guess(skolengo: Ent) -> None:
    order = {"what": "share", "teacher": TEACHER, "group": group(skolengo), "title": "Fiche"}
    (made,) = skolengo.call("POST /_sandbox/say", order).body["documents"]
    about = call(skolengo, f"GET /attachments/{made}").body["data"]["attributes"]
    assert (about["name"], about["mimeType"], about["size"]) == ("Fiche", "text/plain", 5)
    assert skolengo.call(f"GET {about['url']}", token="").body == b"Fiche"
    unsigned = urlsplit(about["url"]).path
    assert skolengo.call(f"GET {unsigned}?expires=9999999999&signature=0").status == 403


def test_what_it_held_is_there_after_a_kill(skolengo: Ent) -> None:
    made = group(skolengo)
    skolengo.kill()
    skolengo.start()
    found = call(skolengo, "GET /groups?filter%5BexternalId%5D=hub-1").body["data"]
    assert [each["id"] for each in found] == [made]
