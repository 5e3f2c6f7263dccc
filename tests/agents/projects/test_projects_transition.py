"""From CM2 to 6e: a pupil's rights in a project follow to the collège's ENT, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store import (
    clocks,
    forgetting,
    mandates,
    projections,
    projects,
    remembered,
    rulings,
)
from preau.store.projects import Pick
from preau.store.rulings import APART, SAME, Ruling
from tests.agents.projects.september import (
    COLLEGE,
    ECOLE,
    ELSEWHERE,
    JUNE,
    OTHER,
    SEPTEMBER,
    SIXTH,
    Land,
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


def arrive(land: Land) -> list[dict[str, Any]]:
    links = [
        link
        for person in ("p1", "p2")
        for link in land.hub.recognise(person, f"college/u{person[1:]}")
    ]
    links += land.hub.recognise("p3", "college/u3")
    links += land.hub.recognise("p9", "college/u9")
    elsewhere = land.say.roster(OTHER, [("college/u3", "PUPIL")])
    sixth = land.in_sixth("college/u1", "college/u2", "college/u9")
    return land.hear(elsewhere, sixth, *links)


def empty(land: Land) -> list[dict[str, Any]]:
    return land.hear(land.in_class("ecole/e7", version=2))


def people(told: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted(
        (each["operation"], each["destination"], each["body"]["local_id"])
        for each in told
        if each["operation"].startswith("MEMBER")
    )


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


def test_the_school_of_a_class_may_be_known_last(september: Land, say: Any) -> None:
    links = september.hub.recognise("p1", "college/u1")
    said = [say.group("college/c8", establishments=["college/44"])]
    said.append(say.roster("college/c8", [("college/u1", "PUPIL")]))
    september.hear(*said, *links)
    assert september.members() == []
    september.hear(say.record("establishment", "college/44", uai=COLLEGE, kind="COLLEGE"))
    assert september.members() == ["u1"]


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


def rule(land: Land, ruling: Ruling) -> None:
    """As identity does: it keeps the ruling, and tells who everybody is whom it names."""
    with land.hub.engine.begin() as connection:
        rulings.put(connection, [ruling])
    land.hear(*(land.say.link(source) for source in sorted(ruling.sources)))


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
