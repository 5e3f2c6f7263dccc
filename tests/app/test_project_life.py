"""A project's life: who may work together, late-comers, sub-groups, renewal, closing, mandates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from preau.app.projects_desk import ProjectsDesk
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import audit, mandates, persons, projects, said, sectors, taking_part
from preau.store.database import open_database, prepare
from preau.store.leave import Leave
from preau.store.persons import Entry
from preau.web.project_needs import Convention, Invited, NewGroup, Picked
from tests.app.schools import (
    CARD,
    COLLEGE,
    DEGREES,
    ECOLE,
    NOW,
    TWO,
    authorise,
    decide,
    fill,
    known_class,
    project_of,
)

TERMS = Convention("C-2026-7", "DASEN", "2026-09-14", ("CE2",))
ELSEWHERE = "0119002A"
TEACHER = "mon-ent/t-1"


@pytest.fixture
def engine(one_database: str) -> Iterator[sa.Engine]:
    engine = open_database(one_database)
    prepare(engine)
    fill(engine)
    low = known_class("ent-ecole/5110", ECOLE)
    low = low._replace(fields={**low.fields, "levels": ["CE2"]})
    with engine.begin() as connection:
        said.put(connection, [low, known_class("ent-ecole/5130", ELSEWHERE)])
        entry = (TEACHER, 1, False, "person-1", "alone", 1, NOW)
        persons.put_entries(connection, [Entry(*entry)])
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def desk(engine: sa.Engine, clock: SetClock) -> ProjectsDesk:
    return ProjectsDesk(engine, DEGREES.get, clock, lambda _instance: CARD)


def opened(desk: ProjectsDesk, *participants: Invited) -> str:
    made, _ = desk.create(project_of(*(participants or TWO)))
    authorise(desk, made)
    return made


def refusal(call: Any, *said: object) -> str:
    with pytest.raises(SetAside) as refused:
        call(*said)
    assert refused.value.complaint.fix
    return refused.value.code


def given(engine: sa.Engine, project: str, uai: str) -> list[str]:
    with engine.connect() as connection:
        found = mandates.of_project(connection, project)
    return sorted(m.direction for m in found if m.of(uai) and m.revoked_at is None)


def test_an_authorisation_gives_both_mandates_and_a_withdrawal_takes_them(
    desk: ProjectsDesk, engine: sa.Engine
) -> None:
    made = opened(desk)
    assert given(engine, made, ECOLE) == given(engine, made, COLLEGE) == ["PUBLISH", "RECEIVE"]
    decide(desk, made, COLLEGE, "WITHDRAWN", "PRINCIPAL")
    assert (given(engine, made, ECOLE), given(engine, made, COLLEGE)) == (
        ["PUBLISH", "RECEIVE"],
        [],
    )
    decide(desk, made, COLLEGE, "AUTHORISED", "PRINCIPAL")
    assert given(engine, made, COLLEGE) == ["PUBLISH", "RECEIVE"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "Lire ensemble"}, "PURPOSE_UNKNOWN"),
        ({"purpose": "ANNUAIRE"}, "PURPOSE_UNKNOWN"),
        ({"purpose": "RESEAU"}, "CONVENTION_MISSING"),
        ({"participants": (TWO[0],)}, "UNIT_REFUSED"),
        (
            {"participants": (TWO[0], TWO[1]._replace(classes=("ent-ecole/5110",)))},
            "CLASS_ELSEWHERE",
        ),
        ({"participants": (TWO[0]._replace(classes=("5110",)), TWO[1])}, "CLASS_LEVEL"),
        ({"participants": (TWO[0]._replace(classes=()), TWO[1])}, "NOBODY_INVITED"),
    ],
)
def test_what_the_law_does_not_give_is_refused(
    desk: ProjectsDesk, change: dict[str, Any], code: str
) -> None:
    assert refusal(desk.create, project_of(*TWO)._replace(**change)) == code


def test_a_sector_must_be_known_and_the_right_one(desk: ProjectsDesk, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        sectors.put(connection, COLLEGE, [])
    assert refusal(desk.create, project_of(*TWO)) == "SECTOR_UNKNOWN"
    with engine.begin() as connection:
        sectors.put(connection, "0119099Y", [ECOLE])
    assert refusal(desk.create, project_of(*TWO)) == "SECTOR_OTHER"


def test_a_convention_stands_for_the_sector_and_for_levels(
    desk: ProjectsDesk, engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        sectors.put(connection, COLLEGE, [])
    new = project_of(TWO[0]._replace(classes=("5110",)), TWO[1])
    made, _ = desk.create(new._replace(purpose="RESEAU", convention=TERMS))
    authorise(desk, made)
    with engine.connect() as connection:
        found = projects.get(connection, made)
        bases = {each.legal_basis for each in mandates.of_project(connection, made)}
    assert found is not None
    assert (found.convention, found.convention_by) == ("C-2026-7", "DASEN")
    assert bases == {"convention C-2026-7"}


def test_members_are_picked_with_roles_that_the_purpose_lists(desk: ProjectsDesk) -> None:
    def college(*members: Picked) -> Invited:
        return TWO[1]._replace(members=members)

    assert refusal(desk.create, project_of(TWO[0], college(Picked("t-9", "LEADER")))) == (
        "MEMBER_UNKNOWN"
    )
    for role in ("GUARDIAN", "OBSERVER"):
        new = project_of(TWO[0], college(Picked("t-1", role)))
        assert refusal(desk.create, new) == "MEMBER_ROLE"
    desk.create(project_of(TWO[0], college(Picked("t-1", "LEADER"))))
    help_ = project_of(TWO[0], college(Picked("t-1", "OBSERVER")))
    desk.create(help_._replace(purpose="AIDE_AUX_DEVOIRS"))


def test_a_late_comer_decides_for_itself(desk: ProjectsDesk, engine: sa.Engine) -> None:
    made = opened(desk)
    late = Invited(ELSEWHERE, "both", ("ent-ecole/5130",))
    desk.join(made, late)
    assert given(engine, made, ELSEWHERE) == []
    decide(desk, made, ELSEWHERE, "TRANSMITTED", "DIRECTOR")
    decide(desk, made, ELSEWHERE, "AUTHORISED", "DASEN")
    assert given(engine, made, ELSEWHERE) == ["PUBLISH", "RECEIVE"]


def test_more_classes_join_an_establishment_that_is_there(
    desk: ProjectsDesk, engine: sa.Engine
) -> None:
    made = opened(desk)
    desk.join(made, TWO[0]._replace(classes=("5122",)))
    assert (
        refusal(desk.join, made, TWO[0]._replace(instance="both", classes=("ent-ecole/5121",)))
        == "INSTANCE_OTHER"
    )
    with engine.connect() as connection:
        found = projects.get(connection, made)
    assert found is not None
    assert found.places[0].groups == ("ent-ecole/5121", "ent-ecole/5122")
    assert found.state == "OPEN"


def test_a_sub_group_has_only_whom_its_project_has(desk: ProjectsDesk, engine: sa.Engine) -> None:
    made = opened(desk, TWO[0], TWO[1]._replace(members=(Picked("t-1", "LEADER"),)))
    only = Invited(COLLEGE, "mon-ent", (), (Picked("t-1", "LEADER"),))
    branch, _ = desk.branch(made, NewGroup("Les chefs", (only,)))
    outside = TWO[0]._replace(classes=("5122",))
    assert refusal(desk.branch, made, NewGroup("Autres", (outside,))) == "BRANCH_OUTSIDE"
    assert [row.id for row in desk.rows()] == [made]
    assert Leave(engine).listed(branch, "mon-ent", "SHARE_PUT", NOW) is not None
    decide(desk, made, COLLEGE, "WITHDRAWN", "PRINCIPAL")
    assert Leave(engine).listed(branch, "mon-ent", "SHARE_PUT", NOW) is None
    with engine.begin() as connection:
        assert taking_part.take_turns(connection) >= {made, branch}


def test_a_closed_project_has_no_mandate_and_takes_no_order(
    desk: ProjectsDesk, engine: sa.Engine
) -> None:
    made = opened(desk)
    desk.close(made, "key:7")
    assert given(engine, made, ECOLE) == given(engine, made, COLLEGE) == []
    assert refusal(desk.renew, made, "2028-07-07") == "PROJECT_CLOSED"
    (again,) = desk.close(made, "key:8")  # a repeat: the same answer, no second act
    assert again.key == made.encode()
    with engine.connect() as connection:
        last = audit.entries(connection)[-1]
    assert (last.actor, last.act, last.object) == ("key:7", "project.closed", made)


def acts(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return [each.act for each in audit.entries(connection)]


def test_an_order_that_is_repeated_is_one_act(desk: ProjectsDesk, engine: sa.Engine) -> None:
    made = opened(desk)
    group = NewGroup("Les plus jeunes", (TWO[0],))
    late = Invited(ELSEWHERE, "both", ("ent-ecole/5130",))
    first, _ = desk.branch(made, group)
    desk.join(made, late)
    desk.renew(made, "2028-07-07")
    before = acts(engine)
    assert desk.branch(made, group) == (first, [])
    desk.join(made, late)
    desk.join(made, TWO[0])
    desk.renew(made, "2028-07-07")
    assert acts(engine) == before
    other, _ = desk.branch(made, group._replace(title="Les plus grands"))
    assert other != first


def test_a_director_transmits_a_renewal_once(desk: ProjectsDesk, engine: sa.Engine) -> None:
    made = opened(desk)
    desk.renew(made, "2028-07-07")
    decide(desk, made, ECOLE, "TRANSMITTED", "DIRECTOR")
    before = acts(engine)
    decide(desk, made, ECOLE, "TRANSMITTED", "DIRECTOR")
    assert acts(engine) == before
    decide(desk, made, ECOLE, "AUTHORISED", "DASEN")
    decide(desk, made, ECOLE, "AUTHORISED", "DASEN")
    assert acts(engine) == [*before, "project.decided"]


def test_who_authorises_again_gets_back_a_mandate_that_was_revoked(
    desk: ProjectsDesk, engine: sa.Engine, clock: SetClock
) -> None:
    made = opened(desk)
    with engine.begin() as connection:
        (mine, *_) = (m for m in mandates.of_project(connection, made) if m.of(COLLEGE))
        mandates.revoke(connection, [mine.id], clock.now_ms())
    assert len(given(engine, made, COLLEGE)) == 1
    decide(desk, made, COLLEGE, "AUTHORISED", "PRINCIPAL")
    assert given(engine, made, COLLEGE) == ["PUBLISH", "RECEIVE"]


DAY_MS = 86_400_000


def test_a_project_ends_by_itself_and_is_renewed_by_whom_it_concerns(
    desk: ProjectsDesk, engine: sa.Engine, clock: SetClock
) -> None:
    made, leave = opened(desk), Leave(engine)
    assert refusal(desk.renew, made, "2027-07-01") == "RENEWAL_DAY"
    desk.renew(made, "2028-07-07")
    clock.advance(264 * DAY_MS)  # 3 July 2027

    def may(instance: str) -> bool:
        return leave.listed(made, instance, "SHARE_PUT", clock.now_ms()) is not None

    assert not may("mon-ent")
    decide(desk, made, COLLEGE, "AUTHORISED", "PRINCIPAL")
    assert may("mon-ent")
    with pytest.raises(SetAside) as early:
        decide(desk, made, ECOLE, "AUTHORISED", "DASEN")
    assert early.value.code == "NOT_TRANSMITTED"
    assert decide(desk, made, ECOLE, "TRANSMITTED", "DIRECTOR")["state"] == "OPEN"
    assert not may("ent-ecole")
    decide(desk, made, ECOLE, "AUTHORISED", "DASEN")
    assert may("ent-ecole")


def test_the_page_says_that_the_last_day_is_over(desk: ProjectsDesk, clock: SetClock) -> None:
    made = opened(desk)
    clock.advance(264 * DAY_MS)
    page = desk.page(made)
    assert page is not None
    assert (page.state, desk.rows()[0].state) == ("EXPIRED", "EXPIRED")
