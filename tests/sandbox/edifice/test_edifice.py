"""The fictional Edifice behaves as the documented one: subjects, ids, refusals, state."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

Ent = Any
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def group(edifice: Ent) -> str:
    body = {"externalId": "hub-1", "name": "Défi lecture"}
    said = edifice.call("POST /bridge/directory.group.manual.create", body, event="e1").body
    return str(said["response"]["id"])


def test_a_manual_group_has_a_uuid_and_is_found_by_the_hubs_id(edifice: Ent) -> None:
    made = group(edifice)
    assert str(uuid.UUID(made)) == made
    body = {"externalId": "hub-1"}
    found = edifice.call("POST /bridge/directory.group.find.byexternalid", body).body
    assert found == {"response": {"id": made, "name": "Défi lecture"}}


def test_a_member_is_added_once_however_often_it_is_asked(edifice: Ent, teacher: str) -> None:
    body = {"groupId": group(edifice), "userId": teacher}
    for _ in range(3):
        said = edifice.call("POST /bridge/directory.group.member.add", body, event="e2")
        assert said == (200, {"response": {"added": True}})
    assert edifice.effects() == [("e1", "group.create"), ("e2", "member.add")]


@pytest.mark.parametrize(
    ("subject", "body", "error"),
    [
        ("directory.group.manual.create", {"name": "x", "uai": "1"}, "property.not.allowed"),
        ("directory.group.manual.create", {"externalId": "1"}, "name.required"),
        ("directory.group.manual.create", {"name": "x", "structureId": "?"}, "structure.not.found"),
        ("directory.group.member.add", {"groupId": "?", "userId": UNKNOWN}, "group.not.found"),
        ("directory.group.find.byexternalid", {"externalId": "no"}, "group.not.found"),
        ("share.group.upsert.workspace", {"permissions": ["workspace.own"]}, "permission.unknown"),
        ("share.group.upsert.workspace", {"permissions": "all"}, "list.of.texts.required"),
        ("resource.get.blog", {}, "no.responders"),
    ],
)
def test_the_broker_refuses_inside_a_200(
    edifice: Ent, subject: str, body: dict[str, Any], error: str
) -> None:
    status, said = edifice.call(f"POST /bridge/{subject}", body)
    assert (status, said["err"]) == (200, error)
    assert edifice.effects() == []


def test_an_unknown_user_is_refused(edifice: Ent) -> None:
    body = {"groupId": group(edifice), "userId": UNKNOWN}
    said = edifice.call("POST /bridge/directory.group.member.add", body).body
    assert said == {"err": "user.not.found"}


def test_only_the_owner_of_a_document_shares_it(edifice: Ent, teacher: str) -> None:
    made = group(edifice)
    order = {"what": "share", "teacher": teacher, "group": made, "title": "Fiche"}
    document = edifice.call("POST /_sandbox/say", order).body["documents"][0]
    body = {
        "currentUserId": UNKNOWN,
        "groupId": made,
        "permissions": ["workspace.read"],
        "resourceId": document,
    }
    said = edifice.call("POST /bridge/share.group.upsert.workspace", body).body
    assert said == {"err": "not.allowed"}
    body["currentUserId"] = teacher
    said = edifice.call("POST /bridge/share.group.upsert.workspace", body).body
    assert said["response"]["shares"] == [{"groupId": made, "rights": ["workspace.read"]}]


def test_the_anti_flood_drops_the_second_notification(edifice: Ent, teacher: str) -> None:
    body = {"notificationName": "elea.external_notification", "recipientIds": [teacher]}
    for _ in range(2):
        assert edifice.call("POST /bridge/timeline.notification.send", body).status == 200
    assert len(edifice.effects()) == 1


def test_a_killed_platform_comes_back_on_its_port_with_its_groups(edifice: Ent) -> None:
    made, origin = group(edifice), edifice.origin
    edifice.kill()
    edifice.start()
    assert edifice.origin == origin
    found = edifice.call(
        "POST /bridge/directory.group.find.byexternalid", {"externalId": "hub-1"}
    ).body
    assert found["response"]["id"] == made


def test_its_events_carry_an_id_of_their_own_and_the_documented_fields(
    edifice: Ent, teacher: str, hub: Any
) -> None:
    order = {"what": "share", "teacher": teacher, "group": group(edifice), "title": "Fiche"}
    edifice.call("POST /_sandbox/say", order)
    edifice.call("POST /_sandbox/say", {"what": "directory"})
    edifice.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    said = {each["subject"]: each for each in map(json.loads, hub.wait(2))}
    assert set(said) == {"directory.group.members.changed", "resource.workspace.shares.changed"}
    assert len({each["id"] for each in said.values()}) == 2
    members = said["directory.group.members.changed"]["data"]["currentMembers"]
    assert members[0]["externalId"] == "MONTPELLIER-31990"


def test_the_page_shows_the_group_its_members_and_documents(edifice: Ent, teacher: str) -> None:
    made = group(edifice)
    body = {"groupId": made, "userId": teacher}
    edifice.call("POST /bridge/directory.group.member.add", body)
    order = {"what": "share", "teacher": teacher, "group": made, "title": "Fiche & co"}
    edifice.call("POST /_sandbox/say", order)
    text = edifice.call("GET /").body.decode()
    assert "Défi lecture" in text
    assert "VIDALENQ Marc" in text
    assert "Fiche &amp; co" in text


def test_a_document_is_not_replaced_by_nothing_nor_when_there_is_none(edifice: Ent) -> None:
    missing = edifice.call(f"PUT /workspace/document/{UNKNOWN}", {})
    assert (missing.status, missing.body) == (404, {"error": "resource.not.found"})
    order = {"what": "share", "teacher": "u-1", "group": group(edifice), "title": "Conte"}
    (document,) = edifice.call("POST /_sandbox/say", order).body["documents"]
    empty = edifice.call(f"PUT /workspace/document/{document}", {})
    assert (empty.status, empty.body) == (400, {"error": "file.required"})
