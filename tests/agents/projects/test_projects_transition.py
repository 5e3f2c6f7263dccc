"""From CM2 to 6e: a pupil's rights in a project follow to the collège's ENT, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store.projects import Pick
from tests.agents.projects.september import (
    COLLEGE,
    ECOLE,
    ELSEWHERE,
    JUNE,
    SEPTEMBER,
    Land,
    arrive,
    empty,
    people,
    words,
)

DAY_MS = 86_400_000


@pytest.fixture
def land(hub: Any, say: Any) -> Land:
    return Land(hub, say)


@pytest.fixture
def september(land: Land) -> Land:
    """Four pupils were members; e1 and e2 come to the collège as u1 and u2, e3 to another one."""
    land.year("ecole/e1", "ecole/e2", "ecole/e3", "ecole/e4")
    land.at(SEPTEMBER)
    return land


@pytest.mark.parametrize("first", ["the class is emptied", "the pupils arrive"])
def test_members_follow_whichever_school_speaks_first(september: Land, first: str) -> None:
    steps = [empty, arrive] if first == "the class is emptied" else [arrive, empty]
    for step in steps:
        step(september)
    assert september.members() == ["u1", "u2"]
    assert september.members("ecole") == ["e7"]


def test_exactly_who_came_is_told_and_the_old_ent_loses_them(september: Land) -> None:
    assert people(arrive(september)) == [
        ("MEMBER_PUT", "college", "u1"),
        ("MEMBER_PUT", "college", "u2"),
    ]
    gone = people(empty(september))
    assert ("MEMBER_REMOVE", "ecole", "e1") in gone
    assert all(destination == "ecole" for _, destination, _ in gone)


def test_no_id_of_the_ecole_is_in_what_the_college_is_told(september: Land) -> None:
    arrive(september)
    empty(september)
    told = words(september.told, "college")
    assert {"u1", "u2", "group-1"} <= told
    foreign = {"e1", "e2", "e3", "e4", "e7", "5121", "ecole", "p1", "p2", "p3", "p4"}
    assert told.isdisjoint(foreign)
    assert words(september.told, "ecole").isdisjoint({"u1", "u2", "u9", "college", "c9"})


def test_whoever_follows_finds_the_groups_documents_parents_first(land: Land) -> None:
    land.open(land.ecole)
    land.hear(*land.classes(), land.in_class("ecole/e1"), *land.hub.recognise("p1", "ecole/e1"))
    group = next(each for each in land.told if each["operation"] == "GROUP_PUT")
    shared = [land.say.resource("ecole/51"), land.say.share("ecole/51", "ecole/G7")]
    land.hear(land.say.receipt(group, "G7"), *shared)
    land.at(SEPTEMBER)
    empty(land)
    land.hear(*land.hub.recognise("p1", "college/u1"), land.in_sixth("college/u1"))
    late = [each for each in land.open() if each["destination"] == "college"]
    assert [each["operation"] for each in late] == ["GROUP_PUT", "MEMBER_PUT", "SHARE_PUT"]
    assert [each["parents"] for each in late] == [[], ["group:group-1"], ["group:group-1"]]
    assert late[1]["body"]["local_id"] == "u1"


def test_the_old_ents_access_ends_on_its_day_and_the_pupils_stay(september: Land) -> None:
    arrive(september)
    september.open(september.ecole._replace(until="2027-09-30"), september.college)
    assert september.members("ecole") == ["e1", "e2", "e3", "e4"]
    september.at(SEPTEMBER + 12 * DAY_MS)
    assert september.members("ecole") != []
    september.at(SEPTEMBER + 13 * DAY_MS)
    assert september.members("ecole") == []
    assert september.members() == ["u1", "u2"]
    empty(september)
    assert september.members() == ["u1", "u2"]


def test_whoever_arrives_after_the_ecole_left_follows_too(september: Land) -> None:
    september.open(september.ecole._replace(until="2027-09-18"), september.college)
    september.at(SEPTEMBER + DAY_MS)
    arrive(september)
    assert september.members() == ["u1", "u2"]


def test_an_account_that_is_gone_leaves_its_person_to_follow(september: Land) -> None:
    september.hear(*september.hub.recognise("p1", "ecole/e1", deleted=True))
    empty(september)
    arrive(september)
    assert september.members() == ["u1", "u2"]


def test_a_likeness_that_nobody_confirmed_is_not_followed(september: Land) -> None:
    links = september.hub.recognise("p41", "college/u4")
    september.hear(september.in_sixth("college/u4"), *links)
    empty(september)
    assert september.members() == []
    september.hear(*september.hub.recognise("p4", "college/u4"))
    assert september.members() == ["u4"]


def test_whoever_has_no_account_there_waits_for_it(september: Land, say: Any) -> None:
    college = september.college._replace(groups=("college/c0", "aaf/6A"))
    september.open(september.ecole, college)
    links = september.hub.recognise("p1", "aaf/700")
    sixth = say.group("aaf/6B", establishments=[COLLEGE])
    september.hear(sixth, say.member("aaf/6B", "aaf/700"), *links)
    waits = [what for what in september.hub.holds().values() if what[0] == "MEMBER_WAIT"]
    assert len(waits) == 1
    september.hear(*september.hub.recognise("p1", "college/u1"))
    assert september.members() == ["u1"]


def test_a_class_emptied_in_july_is_a_year_that_is_over(land: Land) -> None:
    land.year("ecole/e1", "ecole/e2")
    land.at(JUNE + 20 * DAY_MS)
    empty(land)
    land.at(SEPTEMBER)
    arrive(land)
    assert land.members() == ["u1", "u2"]


def test_whoever_was_picked_follows_unless_the_pick_was_taken_back(land: Land) -> None:
    picks = tuple(Pick(f"ecole/e{number}", "PUPIL") for number in (1, 2))
    land.ecole = land.ecole._replace(groups=(), picks=picks)
    land.year("ecole/e1", "ecole/e2")
    land.at(SEPTEMBER)
    land.ecole = land.ecole._replace(picks=picks[1:])
    land.open()
    land.hear(*land.hub.recognise("p2", "ecole/e2", deleted=True))
    arrive(land)
    assert land.members() == ["u2"]


def test_the_school_of_a_class_may_be_known_last(september: Land, say: Any) -> None:
    links = september.hub.recognise("p1", "college/u1")
    said = [say.group("college/c8", establishments=["college/44"])]
    said.append(say.roster("college/c8", [("college/u1", "PUPIL")]))
    september.hear(*said, *links)
    assert september.members() == []
    september.hear(say.record("establishment", "college/44", uai=COLLEGE, kind="COLLEGE"))
    assert september.members() == ["u1"]


def test_a_pupil_of_an_ent_of_both_degrees_follows_in_it(land: Land, say: Any) -> None:
    """One account for school and collège: the group stays with it, by the collège's right."""
    land.ecole = land.ecole._replace(instance="college", groups=("college/cm2",))
    land.open()
    school = say.group("college/cm2", establishments=[ECOLE])
    members = say.roster("college/cm2", [("college/a1", "PUPIL"), ("college/a2", "PUPIL")])
    links = land.hub.recognise("p1", "college/a1") + land.hub.recognise("p2", "college/a2")
    land.hear(*land.classes(), school, members, *links)
    land.at(SEPTEMBER)
    land.hear(say.roster("college/cm2", [], 2), land.in_sixth("college/a1"))
    assert land.members() == ["a1"]


def test_elsewhere_is_no_place_of_the_project(september: Land) -> None:
    arrive(september)
    assert ELSEWHERE not in repr(september.told)
    assert "u3" not in september.members()
