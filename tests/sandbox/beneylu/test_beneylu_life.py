"""What teachers of a fictional Beneylu do, what is said of it, and what the ENT then holds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

Ent = Any
SAY = "POST /_sandbox/say"


@pytest.fixture
def group(beneylu: Ent) -> dict[str, Any]:
    """The hub's partnership, without a class so far."""
    body = {"type": "PARTNERSHIP", "label": "Défi lecture", "attributes": {"EXTERNAL_ID": "hub-1"}}
    made: dict[str, Any] = beneylu.call("POST /onegroups", body, event="e1").body
    return made


@pytest.fixture
def media(beneylu: Ent, group: dict[str, Any]) -> int:
    """A document that a teacher shared with the group."""
    order = {"what": "share", "teacher": 88, "group": group["id"], "title": "Fiche"}
    (made,) = beneylu.call(SAY, order).body["media"]
    return int(made)


def act(ent: Ent, what: str, media: int) -> None:
    order = {"what": what, "media": media, "title": "Fiche bis"}
    assert ent.call(SAY, order).body == {"said": 1}


def held(ent: Ent) -> Any:
    (found,) = ent.call("GET /_sandbox/holds").body
    return found


def test_a_media_in_the_bin_cannot_be_read_until_it_is_restored(beneylu: Ent, media: int) -> None:
    route = f"GET /api/1.0/media-library/media/{media}"
    url = beneylu.call(route).body["url"]
    act(beneylu, "bin", media)
    assert beneylu.call(route).status == 404
    assert beneylu.call(f"GET {url}").status == 404
    assert held(beneylu)["documents"] == []
    act(beneylu, "restore", media)
    assert beneylu.call(f"GET {url}").body == b"Fiche"
    act(beneylu, "delete", media)
    assert beneylu.call(route).status == 404


def test_what_teachers_do_to_a_media_is_said_in_order(beneylu: Ent, media: int, hub: Any) -> None:
    for what in ("rename", "bin", "restore", "delete"):
        act(beneylu, what, media)
    beneylu.call("POST /_sandbox/hub", {"url": hub.url, "key": "k"})
    everything = [json.loads(body) for body in hub.wait(6)]
    said = [each for each in everything if each["data"].get("id") == media]
    assert [each["event"] for each in said] == [*["MEDIA_UPDATED"] * 3, "MEDIA_DELETED"]
    assert [each["data"]["status_deletion"] for each in said[:3]] == [1, -1, 1]
    assert said[0]["data"]["label"] == "Fiche bis"


def test_a_copy_is_renamed_and_the_rename_is_an_effect_once(beneylu: Ent, media: int) -> None:
    route = f"PATCH /api/1.0/media-library/media/{media}"
    for _ in range(2):
        assert beneylu.call(route, {"label": "Autre"}, event="e2").body["label"] == "Autre"
    assert beneylu.call(route, {"label": " "}) == (400, {"error": "label_is_required"})
    assert beneylu.effects() == [("e1", "group.create"), ("e2", "media.rename")]


def test_it_holds_the_hubs_groups_with_classes_and_documents(
    beneylu: Ent, group: dict[str, Any], media: int
) -> None:
    beneylu.call(f"PUT /partnerships/{group['uid']}/adds/5121/group")
    digest = hashlib.sha256(b"Fiche").hexdigest()
    assert media
    assert held(beneylu)["members"] == [5121]
    assert held(beneylu)["documents"] == [{"title": "Fiche", "hub_id": None, "sha256": digest}]


def test_a_class_put_away_is_refused_until_it_is_taken_out(
    beneylu: Ent, group: dict[str, Any]
) -> None:
    route = f"PUT /partnerships/{group['uid']}/adds/5121/group"
    archive = {"what": "archive", "class": 5121}
    assert beneylu.call(SAY, {**archive, "archived": True}).body == {"said": 1}
    assert beneylu.call(route) == (400, {"error": "group_archived"})
    beneylu.call(SAY, {**archive, "archived": False})
    assert beneylu.call(route).status == 200
    of_the_state = {"what": "archive", "class": 5122, "archived": True}
    assert beneylu.call(SAY, of_the_state).status == 404


def test_many_acts_are_done_together_or_not_at_all(beneylu: Ent, media: int) -> None:
    acts = [{"what": "rename", "media": media, "title": "Autre"}, {"what": "dance"}]
    before = beneylu.call("GET /_sandbox/emits").body
    assert beneylu.call(SAY, {"what": "all", "acts": acts}).status == 400
    assert beneylu.call("GET /_sandbox/emits").body == before
    assert held(beneylu)["documents"][0]["title"] == "Fiche"
    done = beneylu.call(SAY, {"what": "all", "acts": acts[:1]}).body
    assert done == {"answers": [{"said": 1}]}
