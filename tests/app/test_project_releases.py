"""Classes and picked members are let go before the project ends, in sub-groups too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from preau.app.projects_desk import ProjectsDesk
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import audit, mandates, persons, projects, said
from preau.store.database import open_database, prepare
from preau.store.persons import Entry
from preau.store.projects import Pick, Place
from preau.web.project_needs import NewGroup, Picked, Released
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

TEACHER = "ent-ecole/t-1"
MANY = TWO[0]._replace(classes=("5121", "5123"), members=(Picked("t-1", "TEACHER"),))


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database)
    prepare(engine)
    fill(engine)
    with engine.begin() as connection:
        said.put(connection, [known_class("ent-ecole/5123", ECOLE)])
        entry = Entry(TEACHER, 1, deleted=False, person="p", rule="alone", decisions=1, at=NOW)
        persons.put_entries(connection, [entry])
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: sa.Engine) -> ProjectsDesk:
    return ProjectsDesk(engine, DEGREES.get, SetClock(NOW), lambda _instance: CARD)


@pytest.fixture
def made(desk: ProjectsDesk) -> str:
    """Open: an école with two classes and a picked teacher, and a collège."""
    project, _ = desk.create(project_of(MANY, TWO[1]))
    authorise(desk, project)
    return project


def place(engine: sa.Engine, project: str, uai: str = ECOLE) -> Place:
    with engine.connect() as connection:
        known = projects.get(connection, project)
    assert known is not None
    return next(each for each in known.places if each.uai == uai)


def refusal(call: Any, *words: object) -> str:
    with pytest.raises(SetAside) as refused:
        call(*words)
    assert refused.value.complaint.fix
    return refused.value.code


def test_a_class_and_a_picked_member_are_let_go_and_the_decision_stands(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    before = place(engine, made)
    (record,) = desk.release(made, Released(ECOLE, ("5123",), ("t-1",)))
    after = place(engine, made)
    assert record.topic == "preau.canon.project"
    assert after == before._replace(groups=("ent-ecole/5121",), picks=())
    with engine.connect() as connection:
        last = [*audit.entries(connection)][-1]
        given = mandates.of_project(connection, made)
    assert (last.act, last.facts) == ("project.released", {"uai": ECOLE, "count": 2})
    assert [each.revoked_at for each in given if each.of(ECOLE)] == [None, None]


def test_whoever_is_not_in_it_is_let_go_already(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    desk.release(made, Released(ECOLE, ("5123",)))
    with engine.connect() as connection:
        before = projects.get(connection, made)
    desk.release(made, Released(ECOLE, ("5123",), ("nobody",)))
    with engine.connect() as connection:
        assert projects.get(connection, made) == before


def test_somebody_must_be_left(desk: ProjectsDesk, engine: sa.Engine, made: str) -> None:
    everybody = Released(ECOLE, ("5121", "5123"), ("t-1",))
    assert refusal(desk.release, made, everybody) == "RELEASE_ALL"
    assert len(place(engine, made).groups) == 2
    assert refusal(desk.release, made, Released("0119002A", ("5121",))) == "NOT_INVITED"
    desk.close(made)
    assert refusal(desk.release, made, Released(ECOLE, ("5123",))) == "PROJECT_CLOSED"


def test_a_sub_group_loses_them_too(desk: ProjectsDesk, engine: sa.Engine, made: str) -> None:
    group, _ = desk.branch(made, NewGroup("Groupe A", (MANY, TWO[1])))
    desk.release(made, Released(ECOLE, ("5121",), ()))
    assert place(engine, group).groups == ("ent-ecole/5123",)
    assert place(engine, group).picks == (Pick(TEACHER, "TEACHER"),)
    assert place(engine, group, COLLEGE).groups == ("aaf/43$6A",)
