"""A work group in the écoles' ENT: its class, its people, a lost answer, another class."""

from __future__ import annotations

from typing import Any

import pytest

ECOLE, ENTITY = "ent-ecole", "group:g1"


def school(**classes: tuple[int, ...]) -> dict[str, Any]:
    """An école whose classes, by their id, have these pupils."""
    rooms = [
        {
            "id": int(number.removeprefix("c")),
            "label": f"CM2 {number}",
            "users": [
                {"id": user, "first_name": "Maëlys", "last_name": "DELPRAT", "role": "PUPIL"}
                for user in users
            ],
        }
        for number, users in classes.items()
    ]
    return {"id": 3002, "uai": "0119002A", "name": "École du Moulin", "classes": rooms}


@pytest.fixture(autouse=True)
def seeded(ents: Any) -> None:
    order = {"schools": [school(c6001=(1, 2), c6002=(3,))]}
    assert ents["beneylu"].call("POST /_sandbox/seed", order).status == 200


@pytest.fixture
def team(row: Any) -> Any:
    """The group as people of one class: `team(version=2, name="Défi")`."""

    def make(version: int = 1, name: str = "Défi", of: str = "6001") -> Any:
        said = {"group": "g1", "name": name, "member_kind": "PERSON", "class": of}
        return row(ECOLE, "GROUP_PUT", ENTITY, version, **said)

    return make


@pytest.fixture
def person(row: Any) -> Any:
    """Somebody of the work group: `person(1)`, or `person(1, "MEMBER_REMOVE", 2)`."""

    def make(local: object, operation: str = "MEMBER_PUT", version: int = 1) -> Any:
        body = {"group": "g1", "member_kind": "PERSON", "local_id": str(local)}
        return row(ECOLE, operation, f"member:g1:{local}", version, [ENTITY], **body)

    return make


def held(ents: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ents["beneylu"].call("GET /_sandbox/holds").body
    return found


def idle(hub: Any) -> bool:
    return bool(hub.idle())


def test_it_is_made_in_its_class_and_its_people_enter_and_leave(
    hub: Any, ents: Any, team: Any, person: Any
) -> None:
    hub.send(team(), person(1), person(2))
    hub.work(idle)
    (group,) = held(ents)
    assert (group["type"], group["label"], group["members"]) == ("TEAM", "Défi", [1, 2])
    hub.send(team(2, "Défi lecture"), person(2, "MEMBER_REMOVE", 2))
    hub.work(idle)
    (group,) = held(ents)
    assert (group["label"], group["members"]) == ("Défi lecture", [1])


def test_whoever_is_of_another_class_is_refused_and_the_others_are_there(
    hub: Any, ents: Any, team: Any, person: Any
) -> None:
    hub.send(team(), person(1), person(3), person(77))
    hub.work(idle)
    refused = {r["entity"]: r["reason"] for r in hub.receipts if r["outcome"] == "REFUSED"}
    assert refused == {"member:g1:3": "OTHER_CLASS", "member:g1:77": "UNKNOWN_MEMBER"}
    assert held(ents)[0]["members"] == [1]


@pytest.mark.parametrize(("of", "reason"), [("7777", "UNKNOWN_MEMBER"), ("3002", "NOT_A_CLASS")])
def test_a_work_group_of_no_class_is_refused(hub: Any, team: Any, of: str, reason: str) -> None:
    hub.send(team(of=of))
    hub.work(idle)
    assert hub.receipts[-1]["reason"] == reason


def test_an_answer_lost_on_the_way_makes_no_second_one(
    hub: Any, ents: Any, team: Any, person: Any
) -> None:
    ents["beneylu"].fault(kind="lost", times=1)
    hub.send(team(), person(1))
    hub.work(idle)
    (group,) = held(ents)
    assert group["members"] == [1]


def test_an_answer_lost_on_the_way_leaves_a_partnership_with_its_code(
    hub: Any, ents: Any, group: Any, member: Any
) -> None:
    ents["beneylu"].fault(kind="lost", times=1)
    hub.send(group(ECOLE), member(ECOLE, 6001))
    hub.work(idle)
    (made,) = held(ents)
    assert (made["type"], made["members"]) == ("PARTNERSHIP", [6001])


def test_it_goes_and_its_pupils_stay_in_their_class(
    hub: Any, ents: Any, row: Any, team: Any, person: Any
) -> None:
    hub.send(team(), person(1))
    hub.work(idle)
    gone = row(ECOLE, "GROUP_REMOVE", ENTITY, 2, group="g1")
    hub.send(gone, person(1, "MEMBER_REMOVE", 2))
    hub.work(idle)
    assert held(ents) == []
    said = ents["beneylu"].call("POST /_sandbox/say", {"what": "directory"}).body["said"]
    assert said > 0
    assert {r["outcome"] for r in hub.receipts} <= {"APPLIED", "PENDING"}


def test_one_that_a_teacher_deleted_is_made_in_its_class_again(
    hub: Any, ents: Any, team: Any
) -> None:
    hub.send(team())
    hub.work(idle)
    (group,) = held(ents)
    assert ents["beneylu"].call(f"DELETE /groups/{group['id']}").status == 200
    hub.send(team(2))
    hub.work(idle)
    (anew,) = held(ents)
    assert (anew["type"], anew["id"] == group["id"]) == ("TEAM", False)
