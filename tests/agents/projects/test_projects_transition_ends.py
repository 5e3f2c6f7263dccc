"""From CM2 to 6e: who may not follow, what ends it, and how long anybody is remembered."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store import clocks, forgetting, mandates, projections, projects, remembered
from preau.store.rulings import APART, SAME, Ruling
from tests.agents.projects.september import (
    COLLEGE,
    ECOLE,
    JUNE,
    SEPTEMBER,
    SIXTH,
    Land,
    arrive,
    empty,
    people,
    rule,
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


@pytest.mark.parametrize("how", ["another class", "the school", "the account"])
def test_whoever_left_during_the_year_does_not_follow(land: Land, say: Any, how: str) -> None:
    land.year("ecole/e1", "ecole/e2")
    land.at(JUNE - 100 * DAY_MS)
    if how == "the account":
        land.hear(*land.hub.recognise("p1", "ecole/e1", deleted=True))
    else:
        land.hear(land.in_class("ecole/e2", version=2))
    if how == "another class":
        other = say.roster("ecole/5122", [("ecole/e1", "PUPIL")])
        land.hear(say.group("ecole/5122", establishments=[ECOLE]), other)
    land.at(SEPTEMBER)
    arrive(land)
    assert land.members() == ["u2"]


@pytest.mark.parametrize("decision", ["PROPOSED", "REFUSED", "WITHDRAWN"])
def test_nobody_follows_to_a_college_that_did_not_authorise(september: Land, decision: str) -> None:
    september.open(september.ecole, september.college._replace(decision=decision))
    arrive(september)
    assert september.members() == []


def test_nobody_stays_where_the_mandates_were_revoked(september: Land) -> None:
    arrive(september)
    with september.hub.engine.begin() as connection:
        given = mandates.of_project(connection, "project-1")
        mandates.revoke(connection, {m.id for m in given if m.of(COLLEGE)}, 1)
    september.hub.decided()
    september.at(SEPTEMBER + 1)
    assert september.members() == []


def test_nobody_follows_from_an_ecole_that_took_its_word_back(september: Land) -> None:
    arrive(september)
    empty(september)
    september.open(september.ecole._replace(decision="WITHDRAWN"), september.college)
    assert september.members() == []


def test_nobody_follows_from_an_ecole_whose_mandates_were_revoked(september: Land) -> None:
    arrive(september)
    empty(september)
    with september.hub.engine.begin() as connection:
        given = mandates.of_project(connection, "project-1")
        mandates.revoke(connection, {m.id for m in given if m.of(ECOLE)}, 1)
    september.hub.decided()
    september.at(SEPTEMBER + 1)
    assert september.members() == []


def test_a_project_renewed_by_its_college_alone_keeps_the_pupils(land: Land) -> None:
    """The mandates of the école ended in July; it has nobody left in it, and decides nothing."""
    land.year("ecole/e1", "ecole/e2")
    with land.hub.engine.begin() as connection:
        connection.exec_driver_sql(
            f"update mandate set until = '2027-07-02' where establishment = '{ECOLE}'"
        )
    land.at(SEPTEMBER)
    assert land.members("ecole") == []
    arrive(land)
    assert land.members() == ["u1", "u2"]


def test_after_the_projects_end_nobody_is_left(september: Land) -> None:
    arrive(september)
    september.open(ends="2027-09-18")
    assert september.members() == ["u1", "u2"]
    september.at(SEPTEMBER + DAY_MS)
    assert september.members() == []


def test_nobody_follows_for_a_purpose_that_has_no_pupils(september: Land) -> None:
    """Rights are read anew each time: what is remembered gives none."""
    arrive(september)
    with september.hub.engine.begin() as connection:
        connection.exec_driver_sql("update project set purpose = 'CONCERTATION'")
    september.hub.decided()
    september.at(SEPTEMBER + 1)
    assert september.members() == []


def test_a_new_teacher_of_the_college_does_not_follow_as_a_pupil(september: Land) -> None:
    teacher = september.say.roster(SIXTH, [("college/u1", "TEACHER")])
    september.hear(teacher, *september.hub.recognise("p1", "college/u1"))
    assert september.members() == []


@pytest.mark.parametrize("kind", ["WORKING_GROUP", "TEACHING_GROUP", "PARTNERSHIP", "COHORT"])
def test_a_guest_of_a_group_of_the_college_has_not_arrived(
    september: Land, say: Any, kind: str
) -> None:
    group = say.record("group", "college/g1", kind=kind, establishments=[COLLEGE])
    links = september.hub.recognise("p1", "college/u1")
    september.hear(group, say.roster("college/g1", [("college/u1", "PUPIL")]), *links)
    assert september.members() == []


def test_what_a_stranger_says_of_the_college_is_not_heard(september: Land, say: Any) -> None:
    """An ENT without a part in the project puts a pupil into a class of the collège."""
    links = september.hub.recognise("p1", "college/u1", "stranger/s1")
    group = say.group("stranger/c1", establishments=[COLLEGE])
    september.hear(group, say.member("stranger/c1", "stranger/s1"), *links)
    assert september.members() == []


def test_two_people_parted_again_part_their_rights(september: Land) -> None:
    arrive(september)
    assert people(september.hear(*september.hub.recognise("p20", "college/u2"))) == [
        ("MEMBER_REMOVE", "college", "u2")
    ]
    september.hear(*september.hub.recognise("p2", "college/u2"))
    assert september.members() == ["u1", "u2"]


@pytest.mark.parametrize("kind", [SAME, APART])
def test_a_wrong_yes_taken_back_after_the_account_is_gone_takes_the_right_back(
    september: Land, kind: str
) -> None:
    """Identity has nobody left to part; the ruling alone tells."""
    arrive(september)
    gone = september.hub.recognise("p2", "ecole/e2", deleted=True)
    september.hear(september.in_class("ecole/e7", version=2), *gone)
    held = ("college/u2",), ("ecole/e2",)
    ruling = Ruling("r1", kind, *held, "cm2_to_6e", (), "DASEN", 1)
    if kind == SAME:
        rule(september, ruling)
        assert september.members() == ["u1", "u2"]
        ruling = ruling._replace(undone_by="DASEN", undone_at=2, version=2)
    rule(september, ruling)
    assert september.members() == ["u1"]
    rule(september, ruling._replace(id="r2", kind=SAME, undone_at=0, version=1))
    assert september.members() == ["u1", "u2"]


def sweep(land: Land) -> None:
    with land.hub.engine.begin() as connection:
        clocks.sweep(connection, land.hub.clock.now_ms())


def kept(land: Land) -> set[str]:
    with land.hub.engine.connect() as connection:
        return set(remembered.of_project(connection, "project-1"))


def test_whoever_arrives_nowhere_is_forgotten_and_who_arrived_is_kept(september: Land) -> None:
    arrive(september)
    empty(september)
    sweep(september)
    assert kept(september) == {"ecole/e1", "ecole/e2", "ecole/e3", "ecole/e4", "ecole/e7"}
    september.at(SEPTEMBER + 90 * DAY_MS)
    sweep(september)
    assert kept(september) == {"ecole/e1", "ecole/e2", "ecole/e7"}
    september.hear(
        september.in_sixth("college/u1", "college/u4", version=2),
        *september.hub.recognise("p4", "college/u4"),
    )
    assert september.members() == ["u1"]


def test_nothing_is_remembered_of_a_project_that_is_closed_or_long_over(september: Land) -> None:
    september.open(state="CLOSED")
    sweep(september)
    assert kept(september) == set()


def test_an_erased_pupil_is_forgotten_also_long_after_the_account_is_gone(
    september: Land,
) -> None:
    arrive(september)
    with september.hub.engine.begin() as connection:
        connection.exec_driver_sql("delete from person_entry where source = 'ecole/e1'")
        accounts = forgetting.accounts(connection, ["p1"])
        assert accounts == {"p1": ["college/u1", "ecole/e1"]}
        gone = forgetting.forget(connection, accounts)
    assert gone["p1"]["project_member"] == 1
    assert "ecole/e1" not in kept(september)


def test_a_hub_whose_tables_are_filled_again_gives_the_same_rights(september: Land) -> None:
    """What Kafka tells in October says nothing of last year's class any more."""
    arrive(september)
    empty(september)
    before = september.members()
    with september.hub.engine.begin() as connection:
        projections.begin(connection, 1)
        projections.end(connection)
    september.hub.restarted()
    links = september.hub.recognise("p1", "ecole/e1", deleted=True)
    links += september.hub.recognise("p1", "college/u1")
    links += september.hub.recognise("p2", "ecole/e2", "college/u2")
    said = [*september.classes(), september.in_class("ecole/e7", version=2)]
    september.hub.step.keep([*said, september.in_sixth("college/u1", "college/u2"), *links])
    september.hub.step.opening()
    assert september.members() == before == ["u1", "u2"]


def test_a_sub_group_is_followed_too(land: Land) -> None:
    hub, places = land.hub, (land.ecole, land.college)
    land.year("ecole/e1", "ecole/e2")
    hub.project(*places, id="branch-1", group="group-2", ends="2028-07-07")
    with hub.engine.begin() as connection:
        made = projects.get(connection, "branch-1")
        assert made is not None
        projects.put(connection, made._replace(parent="project-1", state="DRAFT"))
    hub.decided("branch-1")
    land.at(JUNE + 1)
    land.at(SEPTEMBER)
    arrive(land)
    empty(land)
    held = [what for key, what in hub.holds("branch-1").items() if key[0] == "college"]
    assert sorted(b["local_id"] for o, b in held if o == "MEMBER_PUT") == ["u1", "u2"]
