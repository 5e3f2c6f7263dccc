"""What the people of a fictional Skolengo do, what is said of it, and what its spaces then show."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.mapping.normaliser import Context

Ent = Any
SAY = "POST /_sandbox/say"
TEACHER, PUPIL, CLASS = "ESKO-P-77", "ESKO-P-501", "ESKO-C-61"


@pytest.fixture
def group(skolengo: Ent) -> str:
    """The hub's group."""
    said = {"type": "group", "attributes": {"name": "Défi lecture", "externalId": "hub-1"}}
    made = skolengo.call(
        "POST /groups", {"data": said}, media_type="application/vnd.api+json", event="e1"
    )
    return str(made.body["data"]["id"])


@pytest.fixture
def attachment(skolengo: Ent, group: str) -> str:
    """What a teacher put into the group's space."""
    order = {"what": "share", "teacher": TEACHER, "group": group, "title": "Fiche"}
    (made,) = skolengo.call(SAY, order).body["documents"]
    return str(made)


def held(ent: Ent) -> Any:
    (found,) = ent.call("GET /_sandbox/holds").body
    return found


def told(ent: Ent, hub: Any, number: int) -> list[dict[str, Any]]:
    """The first `number` events, in any order: each object has its own."""
    ent.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    return [json.loads(body)["data"] for body in hub.wait(number)]


def test_its_directory_is_understood_by_its_connector(skolengo: Ent, hub: Any) -> None:
    assert skolengo.call(SAY, {"what": "directory"}).body == {"said": 6}
    skolengo.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    events = [json.loads(body)["data"]["type"] for body in hub.wait(6)]
    mapped = open_catalogue().connector("skolengo").normaliser(Context(b"key")).events
    people = ["studentUserInfo", "teacher"]
    assert sorted(events) == ["class", "groupMembership", "groupMembership", "school", *people]
    assert set(events) <= set(mapped)


def test_who_comes_into_a_class_and_who_leaves_it_is_said(skolengo: Ent, hub: Any) -> None:
    members = {"what": "members", "class": CLASS}
    assert skolengo.call(SAY, {**members, "users": [TEACHER]}).body == {"said": 1}
    assert skolengo.call(SAY, {**members, "users": [TEACHER]}).body == {"said": 0}
    assert skolengo.call(SAY, {**members, "users": [TEACHER, PUPIL]}).body == {"said": 1}
    assert skolengo.call(SAY, {**members, "users": ["nobody"]}).status == 404
    said = told(skolengo, hub, 2)
    assert [each["attributes"]["operation"] for each in said] == ["REMOVED", "ADDED"]
    assert {each["relationships"]["user"]["data"]["id"] for each in said} == {PUPIL}


def test_an_attachment_is_said_with_the_group_that_sees_it_and_withdrawn_from_it(
    skolengo: Ent, attachment: str, hub: Any
) -> None:
    rename = {"what": "rename", "document": attachment, "title": "Fiche bis"}
    assert skolengo.call(SAY, rename).body == {"said": 1}
    assert held(skolengo)["documents"][0]["title"] == "Fiche bis"
    assert skolengo.call(SAY, {"what": "delete", "document": attachment}).body == {"said": 2}
    assert held(skolengo)["documents"] == []
    said = [(each["type"], each["attributes"]["operation"]) for each in told(skolengo, hub, 5)]
    assert said == [
        ("attachment", "ADDED"),
        ("attachmentShare", "ADDED"),
        ("attachment", "UPDATED"),
        ("attachmentShare", "REMOVED"),
        ("attachment", "REMOVED"),
    ]


def test_homework_is_said_for_its_group(skolengo: Ent, group: str, hub: Any) -> None:
    order = {"what": "homework", "group": group, "title": "Lire", "due": "2026-10-12"}
    assert skolengo.call(SAY, order).body["said"] == 1
    (said,) = told(skolengo, hub, 1)
    assert said["relationships"]["groups"]["data"] == [{"type": "group", "id": group}]


def test_it_holds_the_hubs_group_with_members_and_documents(
    skolengo: Ent, group: str, attachment: str
) -> None:
    body = {"data": [{"type": "user", "id": PUPIL}]}
    route = f"POST /groups/{group}/relationships/members"
    skolengo.call(route, body, media_type="application/vnd.api+json")
    digest = hashlib.sha256(b"Fiche").hexdigest()
    found = held(skolengo)
    assert attachment
    assert (found["id"], found["name"], found["members"]) == (group, "Défi lecture", [PUPIL])
    assert found["documents"] == [{"title": "Fiche", "hub_id": None, "sha256": digest}]


def test_the_page_shows_the_spaces_and_not_the_classes(
    skolengo: Ent, group: str, attachment: str
) -> None:
    text = skolengo.call("GET /").body.decode()
    assert group
    assert attachment
    assert "Défi lecture" in text
    assert "Fiche" in text
    assert "6e A" not in text


def test_many_acts_are_done_together_or_not_at_all(skolengo: Ent, attachment: str) -> None:
    acts = [{"what": "rename", "document": attachment, "title": "Autre"}, {"what": "dance"}]
    assert skolengo.call(SAY, {"what": "all", "acts": acts}).status == 400
    assert held(skolengo)["documents"][0]["title"] == "Fiche"
