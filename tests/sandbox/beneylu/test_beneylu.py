"""The fictional Beneylu behaves as the documented one: routes, ids, refusals, state."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

Ent = Any


def partnership(beneylu: Ent, event: str = "e1") -> dict[str, Any]:
    body = {"type": "PARTNERSHIP", "label": "Défi lecture", "attributes": {"EXTERNAL_ID": "hub-1"}}
    answer = beneylu.call("POST /onegroups", body, event=event, version="1", entity="group:hub-1")
    assert answer.status == 200
    made: dict[str, Any] = answer.body
    return made


def test_a_partnership_is_created_with_an_integer_id_and_a_join_code(beneylu: Ent) -> None:
    made = partnership(beneylu)
    assert isinstance(made["id"], int)
    assert len(made["uid"]) == 5
    assert beneylu.call(f"GET /partnerships/{made['uid']}").body["label"] == "Défi lecture"


def test_created_twice_there_are_two_and_both_are_found_by_the_hubs_id(beneylu: Ent) -> None:
    first, second = partnership(beneylu), partnership(beneylu)
    found = beneylu.call("GET /onegroups?external_id=hub-1").body
    assert [each["id"] for each in found] == [first["id"], second["id"]]


def test_a_class_joins_once_and_the_repeat_is_a_409_without_effect(beneylu: Ent) -> None:
    uid = partnership(beneylu)["uid"]
    route = f"PUT /partnerships/{uid}/adds/5121/group"
    assert beneylu.call(route, event="e2").status == 200
    assert beneylu.call(route, event="e2") == (409, {"error": "already_member"})
    assert beneylu.effects() == [("e1", "group.create"), ("e2", "partnership.join")]


@pytest.mark.parametrize(
    ("group", "status", "error"),
    [
        ("77", 404, "group_not_found"),
        ("3001", 400, "group_is_not_a_classroom"),
        ("CM2", 400, "id_is_not_an_integer"),
    ],
)
def test_what_is_not_a_class_of_this_instance_is_refused(
    beneylu: Ent, group: str, status: int, error: str
) -> None:
    uid = partnership(beneylu)["uid"]
    answer = beneylu.call(f"PUT /partnerships/{uid}/adds/{group}/group")
    assert answer == (status, {"error": error})


def test_the_partnership_is_deleted_when_the_last_class_leaves(beneylu: Ent) -> None:
    made = partnership(beneylu)
    for group in (5121, 5122):
        beneylu.call(f"PUT /partnerships/{made['uid']}/adds/{group}/group")
    leave = f"PUT /partnerships/{made['id']}/groups"
    assert beneylu.call(f"{leave}/5121/leave").body == {"deleted": False}
    assert [
        each["id"] for each in beneylu.call(f"GET /partnerships/{made['id']}/members").body
    ] == [5122]
    assert beneylu.call(f"{leave}/5122/leave").body == {"deleted": True}
    assert beneylu.call(f"GET /partnerships/{made['uid']}").status == 404


def test_the_states_class_is_read_only(beneylu: Ent) -> None:
    assert beneylu.call("PUT /groups/5122", {"label": "x"}) == (403, {"error": "aaf_linked"})
    assert beneylu.call("PATCH /api/1.0/groups/5122", {"onde_id": "1"}).status == 403
    assert beneylu.call("PATCH /api/1.0/groups/5121", {"label": "x"}).status == 400


def test_without_its_token_nothing_is_answered_nor_logged_as_an_effect(beneylu: Ent) -> None:
    body = {"type": "TEAM", "label": "x"}
    assert beneylu.call("POST /onegroups", body, token="other").status == 401
    assert beneylu.effects() == []


def test_a_media_is_read_by_a_signed_address_that_a_changed_signature_cannot_open(
    beneylu: Ent,
) -> None:
    group = partnership(beneylu)["id"]
    said = beneylu.call(
        "POST /_sandbox/say",
        {"what": "share", "teacher": 88, "group": group, "title": "Fiche 1", "text": "été"},
    ).body
    media = beneylu.call(f"GET /api/1.0/media-library/media/{said['media'][0]}").body
    assert beneylu.call(f"GET {media['url']}").body == "été".encode()
    assert beneylu.call(f"GET {media['url']}0").status == 403
    assert beneylu.call(f"GET {media['url'].replace('Expires=1', 'Expires=2')}").status == 403


def test_selection_share_copies_the_media_into_each_folder(beneylu: Ent) -> None:
    group = partnership(beneylu)["id"]
    beneylu.call(
        "POST /_sandbox/seed",
        {"media": [{"id": 33001, "user_id": 88, "label": "Fiche", "text": "abc"}]},
    )
    body = {"datas": [33001], "groups": [group], "users": []}
    copies = beneylu.call("PATCH /api/1.0/media-library/selection-share", body).body["copies"]
    copy = beneylu.call(f"GET /api/1.0/media-library/media/{copies[0]}").body
    assert (copy["copy_from_id"], copy["media_folder_id"], copy["size"]) == (33001, group, 3)


def test_the_page_shows_groups_members_and_documents_and_escapes_what_it_shows(
    beneylu: Ent,
) -> None:
    made = partnership(beneylu)
    beneylu.call(f"PUT /partnerships/{made['uid']}/adds/5121/group")
    order = {"what": "share", "teacher": 88, "group": made["id"], "title": "<script>"}
    beneylu.call("POST /_sandbox/say", order)
    text = beneylu.call("GET /").body.decode()
    assert '<html lang="fr">' in text
    assert "Défi lecture" in text
    assert "CM2 A (École de la Blanquette)" in text
    assert "&lt;script&gt;" in text
    assert "<script>" not in text


def test_a_killed_ent_comes_back_with_everything_it_had_answered(beneylu: Ent) -> None:
    made = partnership(beneylu)
    beneylu.kill()
    beneylu.start()
    assert beneylu.call(f"GET /partnerships/{made['uid']}").body["id"] == made["id"]
    assert partnership(beneylu)["id"] > made["id"]


def test_events_have_growing_dates_and_the_documented_fields(beneylu: Ent, hub: Any) -> None:
    group = partnership(beneylu)["id"]
    order = {"what": "share", "teacher": 88, "group": group, "title": "Fiche", "times": 2}
    beneylu.call("POST /_sandbox/say", order)
    beneylu.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    said = [json.loads(body) for body in hub.wait(4)]
    assert sorted(each["event"] for each in said) == [
        "MEDIA_LIBRARY_NEW_SHARE",
        "MEDIA_LIBRARY_NEW_SHARE",
        "RESOURCE_ADD_FILE",
        "RESOURCE_ADD_FILE",
    ]
    assert len({each["date"] for each in said}) == 4
    shares = [each["data"] for each in said if each["event"] == "MEDIA_LIBRARY_NEW_SHARE"]
    assert {each["groupId"] for each in shares} == {group}


def test_the_directory_is_every_school_class_person_and_affectation(beneylu: Ent) -> None:
    assert beneylu.call("POST /_sandbox/say", {"what": "directory"}).body == {"said": 7}


def test_what_the_hub_did_not_acknowledge_is_said_again_byte_for_byte(
    beneylu: Ent, hub: Any
) -> None:
    hub.refuse(3)
    beneylu.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    order = {"what": "event", "event": "GROUP_UPDATED", "data": {"id": 5121}}
    beneylu.call("POST /_sandbox/say", order)
    assert len(set(hub.wait(1, refused=3))) == 1
    hub.until(lambda: beneylu.call("GET /_sandbox/emits").body["unsent"] == 0)


@pytest.mark.parametrize("kind", ["status", "lie", "lost"])
def test_a_fault_lasts_as_many_calls_as_asked(beneylu: Ent, kind: str) -> None:
    fault = {"kind": kind, "times": 1, "status": 429, "retry_after": "2"}
    beneylu.call("POST /_sandbox/fault", fault)
    if kind == "lost":
        with pytest.raises(http.client.RemoteDisconnected):
            partnership(beneylu)
        assert beneylu.effects() == [("e1", "group.create")]
    else:
        body = {"type": "TEAM", "label": "x"}
        answer = beneylu.call("POST /onegroups", body)
        assert answer.status == {"status": 429, "lie": 200}[kind]
        assert beneylu.effects() == []
    assert beneylu.call("POST /onegroups", {"type": "TEAM", "label": "x"}).status == 200


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    parent = (
        "import os, sys; from pathlib import Path; from preau.sandbox.process import EntProcess;"
        "ent = EntProcess('beneylu', Path(sys.argv[1]), 't'); ent.start();"
        "print(ent._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    said = subprocess.run(
        [sys.executable, "-c", parent, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    wait_for_end(int(said.stdout))


def wait_for_end(pid: int) -> None:
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < deadline, "the fictional ENT outlived its parent"
