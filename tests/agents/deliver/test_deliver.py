"""What the hub owes two ENTs arrives there, in order, once, and each answer becomes a receipt."""

from __future__ import annotations

import random
from typing import Any

ECOLE, COLLEGE = "ent-ecole", "mon-ent"


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


def test_a_group_and_its_members_appear_in_both_ents_parents_first(
    hub: Any, ents: Any, group: Any, member: Any, users: Any, classes: Any
) -> None:
    rows = [member(COLLEGE, users[0]), member(ECOLE, classes[0]), group(COLLEGE), group(ECOLE)]
    hub.send(*rows)
    hub.work(idle)
    assert set(hub.outcomes().values()) == {"APPLIED"}
    assert len(hub.outcomes()) == 4
    verbs = [each["verb"] for each in ents["beneylu"].effects()]
    assert verbs == ["group.create", "partnership.join"]
    verbs = [each["verb"] for each in ents["edifice"].effects()]
    assert verbs == ["group.create", "groups.link", "member.add"]


def test_the_receipt_of_a_group_carries_its_native_id_and_its_cause(
    hub: Any, ents: Any, group: Any
) -> None:
    hub.send(group(ECOLE))
    hub.work(idle)
    (said,) = hub.receipts
    found = ents["beneylu"].call("GET /onegroups?external_id=g1").body
    assert said["native_id"] == str(found[0]["id"])
    assert said["cause"] == "cause of ent-ecole|group:g1|1"
    assert (said["operation"], said["reason"]) == ("GROUP_PUT", None)


def test_a_batch_repeated_by_kafka_changes_nothing(hub: Any, ents: Any, group: Any) -> None:
    hub.send(group(COLLEGE), group(COLLEGE))
    hub.work(idle)
    hub.send(group(COLLEGE))
    assert hub.idle()
    assert len(ents["edifice"].effects()) == 2


def test_versions_of_one_entity_are_applied_in_order_however_they_arrived(
    hub: Any, ents: Any, group: Any
) -> None:
    rows = [group(ECOLE, version=n, label=f"Défi {n}") for n in range(1, 21)]
    random.Random(7).shuffle(rows)
    hub.send(*rows)
    hub.work(idle)
    versions = [each["version"] for each in ents["beneylu"].effects()]
    assert versions == list(range(1, 21))
    found = ents["beneylu"].call("GET /onegroups?external_id=g1").body
    assert [each["label"] for each in found] == ["Défi 20"]


def test_a_document_of_the_ecole_is_copied_to_the_college_and_back_and_can_be_withdrawn(
    hub: Any, ents: Any, group: Any, row: Any, users: Any
) -> None:
    hub.send(group(ECOLE), group(COLLEGE))
    hub.work(idle)
    native = {each["destination"]: each["native_id"] for each in hub.receipts}
    order = {"what": "share", "teacher": 88, "group": int(native[ECOLE]), "title": "Fiche"}
    media = ents["beneylu"].call("POST /_sandbox/say", order).body["media"][0]
    order = {"what": "share", "teacher": users[0], "group": native[COLLEGE], "title": "Carnet"}
    document = ents["edifice"].call("POST /_sandbox/say", order).body["documents"][0]
    body = {"group": "g1", "kind": "DOCUMENT", "permission": "READ"}
    to_college = {**body, "share": "s1", "title": "Fiche", "source_instance": ECOLE}
    to_ecole = {**body, "share": "s2", "title": "Carnet", "source_instance": COLLEGE}
    hub.send(
        row(COLLEGE, "SHARE_PUT", "share:s1", source_media=str(media), **to_college),
        row(ECOLE, "SHARE_PUT", "share:s2", source_media=document, **to_ecole),
    )
    hub.work(idle)
    assert "REFUSED" not in hub.outcomes().values()
    found = ents["edifice"].call("GET /workspace/documents?hubId=s1").body
    content = ents["edifice"].call(f"GET /workspace/document/{found[0]['_id']}").body
    assert content == b"Fiche"
    page = ents["beneylu"].call("GET /").body.decode()
    assert "Carnet, reçu" in page
    hub.send(row(COLLEGE, "SHARE_REMOVE", "share:s1", 2, share="s1"))
    hub.work(idle)
    assert ents["edifice"].call("GET /workspace/documents?hubId=s1").body == []


def test_a_new_title_renames_the_copy_and_makes_no_second_one(
    hub: Any, ents: Any, group: Any, row: Any, users: Any
) -> None:
    hub.send(group(ECOLE), group(COLLEGE))
    hub.work(idle)
    native = {each["destination"]: each["native_id"] for each in hub.receipts}
    order = {"what": "share", "teacher": users[0], "group": native[COLLEGE], "title": "Carnet"}
    document = ents["edifice"].call("POST /_sandbox/say", order).body["documents"][0]
    order = {"what": "share", "teacher": 88, "group": int(native[ECOLE]), "title": "Fiche"}
    media = ents["beneylu"].call("POST /_sandbox/say", order).body["media"][0]
    said = {"group": "g1", "share": "s1", "kind": "DOCUMENT", "permission": "READ"}
    for version in (1, 2, 3):
        said["title"] = f"Titre {version}"
        to_ecole = {**said, "source_instance": COLLEGE, "source_media": document}
        to_college = {**said, "source_instance": ECOLE, "source_media": str(media)}
        hub.send(row(ECOLE, "SHARE_PUT", "share:s1", version, **to_ecole))
        hub.send(row(COLLEGE, "SHARE_PUT", "share:s1", version, **to_college))
        hub.work(idle)
        for ent in ents.values():
            (held,) = ent.call("GET /_sandbox/holds").body
            titles = [each["title"] for each in held["documents"] if each["hub_id"] == "s1"]
            assert titles == [f"Titre {version}"]


def test_a_refusal_for_good_says_why_and_the_others_go_on(
    hub: Any, group: Any, member: Any, users: Any
) -> None:
    hub.send(group(COLLEGE), member(COLLEGE, "nobody"), *(member(COLLEGE, u) for u in users))
    hub.work(idle)
    refused = [each for each in hub.receipts if each["outcome"] == "REFUSED"]
    assert [(each["entity"], each["reason"]) for each in refused] == [
        ("member:g1:nobody", "UNKNOWN_MEMBER")
    ]
    assert sorted(hub.outcomes().values()) == ["APPLIED"] * 41 + ["REFUSED"]


def test_what_is_not_a_class_is_refused_by_the_ecoles_ent(
    hub: Any, group: Any, member: Any
) -> None:
    hub.send(group(ECOLE), member(ECOLE, 3001))
    hub.work(idle)
    assert hub.receipts[-1]["reason"] == "NOT_A_CLASS"


def test_without_a_mandate_nothing_leaves_but_what_was_given_can_be_withdrawn(
    hub: Any, ents: Any, group: Any, row: Any
) -> None:
    hub.send(group(COLLEGE))
    hub.work(idle)
    before = len(ents["edifice"].call("GET /_sandbox/calls").body)
    hub.denied.add(COLLEGE)
    hub.send(group(COLLEGE, "g2"))
    hub.work(idle)
    assert hub.receipts[-1]["reason"] == "NO_MANDATE"
    assert len(ents["edifice"].call("GET /_sandbox/calls").body) == before
    hub.send(row(COLLEGE, "GROUP_REMOVE", "group:g1", 2, group="g1"))
    hub.work(idle)
    assert hub.receipts[-1]["outcome"] == "APPLIED"


def test_what_was_never_applied_is_withdrawn_without_a_fuss(hub: Any, row: Any) -> None:
    hub.send(
        row(ECOLE, "SHARE_REMOVE", "share:s9", share="s9"),
        row(ECOLE, "GROUP_REMOVE", "group:g9", group="g9"),
        row(COLLEGE, "SHARE_REMOVE", "share:s9", share="s9"),
        row(COLLEGE, "GROUP_REMOVE", "group:g9", group="g9"),
    )
    hub.work(idle)
    assert list(hub.outcomes().values()) == ["APPLIED"] * 4
