"""What teachers of a fictional Edifice do, what is said of it, and what the platform then holds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

Ent = Any
SAY = "POST /_sandbox/say"
CLASS = "6f0c1a52-94de-4f0e-8f0a-3d2b0e6b7c10"


@pytest.fixture
def group(edifice: Ent) -> str:
    """The hub's group."""
    body = {"externalId": "hub-1", "name": "Défi lecture"}
    made = edifice.call("POST /bridge/directory.group.manual.create", body, event="e1").body
    return str(made["response"]["id"])


@pytest.fixture
def document(edifice: Ent, group: str, teacher: str) -> str:
    """A document that a teacher shared with the group."""
    order = {"what": "share", "teacher": teacher, "group": group, "title": "Fiche"}
    (made,) = edifice.call(SAY, order).body["documents"]
    return str(made)


def act(ent: Ent, what: str, document: str) -> None:
    order = {"what": what, "document": document, "title": "Fiche bis"}
    assert ent.call(SAY, order).body == {"said": 1}


def held(ent: Ent) -> Any:
    (found,) = ent.call("GET /_sandbox/holds").body
    return found


def test_a_document_in_the_bin_cannot_be_read_until_it_is_restored(
    edifice: Ent, document: str
) -> None:
    route = f"GET /workspace/document/{document}"
    act(edifice, "bin", document)
    assert edifice.call(route).status == 404
    assert held(edifice)["documents"] == []
    act(edifice, "restore", document)
    assert edifice.call(route).body == b"Fiche"
    act(edifice, "delete", document)
    assert edifice.call(route).status == 404


def test_what_teachers_do_to_a_document_is_said_in_order(
    edifice: Ent, document: str, hub: Any
) -> None:
    for what in ("rename", "bin", "restore", "delete"):
        act(edifice, what, document)
    edifice.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    said = [json.loads(body) for body in hub.wait(5)]
    kinds = [each["subject"].removeprefix("resource.workspace.") for each in said]
    assert kinds == ["shares.changed", "shares.changed", "trashed", "shares.changed", "deleted"]
    assert said[1]["data"]["resources"][0]["title"] == "Fiche bis"
    assert all(each["data"]["resourceIds"] == [document] for each in said)


def test_only_its_owner_renames_a_document(edifice: Ent, document: str) -> None:
    answer = edifice.call(f"PUT /workspace/rename/{document}", {"name": "Autre"}, event="e2")
    assert answer == (401, {"error": "unauthorized"})
    assert edifice.effects() == [("e1", "group.create")]


def test_it_holds_the_hubs_group_with_members_and_documents(
    edifice: Ent, group: str, document: str, teacher: str
) -> None:
    member = {"groupId": group, "userId": teacher}
    edifice.call("POST /bridge/directory.group.member.add", member)
    digest = hashlib.sha256(b"Fiche").hexdigest()
    assert document
    assert held(edifice)["members"] == [teacher]
    assert held(edifice)["documents"] == [{"title": "Fiche", "hub_id": None, "sha256": digest}]


def test_a_class_has_exactly_the_members_that_it_was_given(
    edifice: Ent, teacher: str, hub: Any
) -> None:
    members = {"what": "members", "class": CLASS}
    assert edifice.call(SAY, {**members, "users": []}).body == {"said": 1}
    assert edifice.call(SAY, {**members, "users": [teacher]}).body == {"said": 1}
    assert edifice.call(SAY, {**members, "users": ["nobody"]}).status == 404
    assert edifice.call(SAY, {**members, "class": "no", "users": []}).status == 404
    edifice.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    said = [json.loads(body)["data"]["currentMembers"] for body in hub.wait(2)]
    assert [[each["id"] for each in members] for members in said] == [[], [teacher]]


def test_many_acts_are_done_together_or_not_at_all(edifice: Ent, document: str) -> None:
    acts = [{"what": "rename", "document": document, "title": "Autre"}, {"what": "dance"}]
    assert edifice.call(SAY, {"what": "all", "acts": acts}).status == 400
    assert held(edifice)["documents"][0]["title"] == "Fiche"
    done = edifice.call(SAY, {"what": "all", "acts": acts[:1]}).body
    assert done == {"answers": [{"said": 1}]}
