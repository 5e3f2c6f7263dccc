"""An establishment changes its ENT in a running project: who, what and until when go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from preau.app.projects_desk import ProjectsDesk
from preau.clock import SetClock
from preau.errors import SetAside
from preau.keys.master import MasterKey
from preau.store import audit, mandates, persons, projects, said, sectors, taking_part
from preau.store.database import open_database, prepare
from preau.store.instances import Instance, Instances
from preau.store.leave import Leave
from preau.store.mandates import Mandate
from preau.store.persons import Entry
from preau.store.project_moves import Former
from preau.store.projects import Pick, Place, Project
from preau.web.project_needs import Convention, Invited, NewGroup, Picked
from tests.app.schools import (
    CARD,
    COLLEGE,
    DEGREES,
    ECOLE,
    NOW,
    TWO,
    authorise,
    fill,
    known_class,
    project_of,
)

NEW = "nouvel"
DAY_MS = 86_400_000
HERE = Invited(ECOLE, NEW, ("31",))
TEACHER, SAME_THERE, NOT_THERE = "ent-ecole/t-1", f"{NEW}/t-9", "ent-ecole/t-2"
FIELDS = {**CARD.needs, "GROUP_PUT": ("group", "name")}


def named(key: str, name: str, level: str = "CM2") -> said.SaidState:
    state = known_class(key, ECOLE)
    return state._replace(fields={**state.fields, "name": name, "levels": [level]})


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database)
    prepare(engine)
    fill(engine)
    accounts = {TEACHER: "person-1", SAME_THERE: "person-1", NOT_THERE: "person-2"}
    with engine.begin() as connection:
        said.put(connection, [named(f"{NEW}/31", "CM2 A"), named(f"{NEW}/32", "CM2 B")])
        rows = [
            Entry(source, 1, deleted=False, person=who, rule="ine", decisions=1, at=NOW)
            for source, who in accounts.items()
        ]
        persons.put_entries(connection, rows)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def desk(engine: sa.Engine, clock: SetClock) -> ProjectsDesk:
    degrees = {**DEGREES, NEW: "FIRST"}
    cards = {NEW: CARD._replace(needs=FIELDS)}
    return ProjectsDesk(engine, degrees.get, clock, lambda name: cards.get(name, CARD))


@pytest.fixture
def made(desk: ProjectsDesk) -> str:
    """Open: an école with a class and two picked teachers, and a collège."""
    picked = (Picked("t-1", "TEACHER"), Picked("t-2", "TEACHER"))
    project, _ = desk.create(project_of(TWO[0]._replace(members=picked), TWO[1]))
    authorise(desk, project)
    return project


def found(engine: sa.Engine, project: str) -> Project:
    with engine.connect() as connection:
        known = projects.get(connection, project)
    assert known is not None
    return known


def place(engine: sa.Engine, project: str, uai: str = ECOLE) -> Place:
    return next(each for each in found(engine, project).places if each.uai == uai)


def live(engine: sa.Engine, project: str, uai: str = ECOLE) -> list[Mandate]:
    with engine.connect() as connection:
        given = mandates.of_project(connection, project)
    return sorted(m for m in given if m.of(uai) and m.revoked_at is None)


def refusal(call: Any, *words: object) -> str:
    with pytest.raises(SetAside) as refused:
        call(*words)
    assert refused.value.complaint.fix
    return refused.value.code


def test_the_place_is_in_the_new_ent_and_says_where_it_was(
    desk: ProjectsDesk, engine: sa.Engine, clock: SetClock, made: str
) -> None:
    before = place(engine, made)
    clock.advance(DAY_MS)
    (record,) = desk.move(made, HERE)
    after = place(engine, made)
    assert (after.instance, after.groups) == (NEW, (f"{NEW}/31",))
    assert after.former == (Former("ent-ecole", NOW + DAY_MS),)
    assert (after.decision, after.by, after.at) == (before.decision, before.by, before.at)
    assert record.topic == "preau.canon.project"
    with engine.connect() as connection:
        assert taking_part.turn_waits(connection)
        acts = [each.act for each in audit.entries(connection)]
    assert acts[-1] == "project.moved"


def test_picked_members_are_the_same_people_there_and_who_has_no_account_waits(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    desk.move(made, HERE)
    assert place(engine, made).picks == (Pick(SAME_THERE, "TEACHER"), Pick(NOT_THERE, "TEACHER"))


def test_its_rights_go_on_with_the_same_role_basis_and_days(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    before, other = live(engine, made), live(engine, made, COLLEGE)
    desk.renew(made, "2028-07-07")  # nobody has authorised the later day
    desk.move(made, HERE)
    after = live(engine, made)

    def said_of(given: list[Mandate]) -> list[tuple[str, ...]]:
        return sorted((m.direction, m.granted_by, m.legal_basis, m.starts, m.until) for m in given)

    assert said_of(after) == said_of(before)
    assert {each.instance for each in after} == {NEW}
    assert live(engine, made, COLLEGE) == other
    (receive,) = [each for each in after if each.direction == "RECEIVE"]
    assert "group.name" in receive.fields  # what the new product needs, of what the purpose lists


def test_the_last_check_point_lets_nothing_go_to_the_ent_before(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    leave = Leave(engine)
    assert leave.listed(made, "ent-ecole", "SHARE_PUT", NOW)
    desk.move(made, HERE)
    assert leave.listed(made, "ent-ecole", "SHARE_PUT", NOW) is None
    assert leave.listed(made, NEW, "SHARE_PUT", NOW)


def test_nothing_is_given_to_a_school_that_has_not_authorised(
    desk: ProjectsDesk, engine: sa.Engine
) -> None:
    project, _ = desk.create(project_of(*TWO))
    desk.move(project, HERE)
    assert (place(engine, project).instance, live(engine, project)) == (NEW, [])


def test_the_same_order_again_is_no_second_act(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    desk.move(made, HERE)
    once, given = found(engine, made), live(engine, made)
    (record,) = desk.move(made, HERE)
    assert record.topic == "preau.canon.project"
    assert (found(engine, made), live(engine, made)) == (once, given)


def test_it_may_move_back(desk: ProjectsDesk, engine: sa.Engine, made: str) -> None:
    before = place(engine, made)
    desk.move(made, HERE)
    desk.move(made, TWO[0])
    after = place(engine, made)
    assert (after.instance, after.groups) == (before.instance, before.groups)
    assert [each.instance for each in after.former] == [NEW]
    assert {each.instance for each in live(engine, made)} == {"ent-ecole"}


def test_classes_of_the_state_stay_and_none_need_be_named(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    desk.move(made, Invited(COLLEGE, "both", ()))
    after = place(engine, made, COLLEGE)
    assert (after.instance, after.groups) == ("both", ("aaf/43$6A",))


@pytest.mark.parametrize(
    ("moving", "code"),
    [
        (TWO[0], "MOVE_SAME"),
        (Invited(ECOLE, "mon-ent", ()), "MOVE_DEGREE"),
        (Invited(ECOLE, "nowhere", ("31",)), "INSTANCE_UNKNOWN"),
        (Invited(ECOLE, NEW, ("99",)), "CLASS_UNKNOWN"),
        (Invited("0119002A", NEW, ("31",)), "NOT_INVITED"),
        (Invited(ECOLE, NEW, ("31",), (Picked("t-9", "PUPIL-X"),)), "MEMBER_ROLE"),
    ],
)
def test_what_is_no_move_is_refused_and_changes_nothing(
    desk: ProjectsDesk, engine: sa.Engine, made: str, moving: Invited, code: str
) -> None:
    before, given = found(engine, made), live(engine, made)
    assert refusal(desk.move, made, moving) == code
    assert (found(engine, made), live(engine, made)) == (before, given)


def test_a_project_that_is_closed_moves_nowhere(desk: ProjectsDesk, made: str) -> None:
    desk.close(made)
    assert refusal(desk.move, made, HERE) == "PROJECT_CLOSED"
    assert refusal(desk.move, "none", HERE) == "PROJECT_UNKNOWN"


def test_a_level_that_a_convention_let_in_goes_on(desk: ProjectsDesk, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        low = [named("ent-ecole/5110", "CE2", "CE2"), named(f"{NEW}/30", "CE2", "CE2")]
        said.put(connection, low)
        sectors.put(connection, COLLEGE, [ECOLE])
    terms = Convention("C-1", "DASEN", "2026-09-14", ("CE2",))
    new = project_of(TWO[0]._replace(classes=("5110",)), TWO[1])
    project, _ = desk.create(new._replace(convention=terms))
    desk.move(project, Invited(ECOLE, NEW, ("30",)))
    assert place(engine, project).groups == (f"{NEW}/30",)


def branch(desk: ProjectsDesk, project: str, classes: tuple[str, ...]) -> str:
    people = (Invited(ECOLE, "ent-ecole", classes), TWO[1])
    return desk.branch(project, NewGroup("Groupe A", people))[0]


def test_a_sub_group_of_all_its_classes_moves_with_it(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    group = branch(desk, made, ("5121",))
    desk.move(made, HERE)
    after = place(engine, group)
    assert (after.instance, after.groups) == (NEW, (f"{NEW}/31",))
    assert [each.instance for each in after.former] == ["ent-ecole"]


@pytest.mark.parametrize(("name", "code"), [("CM2 b", ""), ("Les grands", "MOVE_BRANCH")])
def test_a_sub_group_of_some_classes_moves_by_their_names_or_not_at_all(
    desk: ProjectsDesk, engine: sa.Engine, name: str, code: str
) -> None:
    with engine.begin() as connection:
        said.put(connection, [named("ent-ecole/5123", name)])
    project, _ = desk.create(project_of(TWO[0]._replace(classes=("5121", "5123")), TWO[1]))
    group = branch(desk, project, ("5123",))
    moving = Invited(ECOLE, NEW, ("31", "32"))
    if code:
        assert refusal(desk.move, project, moving) == code
        assert place(engine, project).instance == "ent-ecole"
    else:
        desk.move(project, moving)
        assert place(engine, group).groups == (f"{NEW}/32",)


def test_a_direction_that_the_operator_took_back_does_not_come_back_by_a_move(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    (says,) = [each for each in live(engine, made) if each.direction == "PUBLISH"]
    with engine.begin() as connection:
        mandates.revoke(connection, {says.id}, NOW)
    desk.move(made, HERE)
    assert [each.direction for each in live(engine, made)] == ["RECEIVE"]


def test_an_ent_that_is_disabled_takes_nobody(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    register = Instances(engine, MasterKey(bytes(32)), SetClock(NOW))
    kept = {"loopback": False, "disabled": False}
    register.put(Instance(NEW, "beneylu", "FIRST", None, "", "", "push", **kept))
    register.disable(NEW)
    assert refusal(desk.move, made, HERE) == "INSTANCE_UNKNOWN"
    assert place(engine, made).instance == "ent-ecole"
