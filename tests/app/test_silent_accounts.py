"""Accounts of an ENT that says nothing of whom it knows: a person names them, roles are checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.app.projects_desk import ProjectsDesk
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import projects
from preau.store.database import open_database, prepare
from preau.store.projects import Pick
from preau.web.project_needs import Invited, Picked
from tests.app.schools import CARD, DEGREES, NOW, TWO, fill, project_of


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database)
    prepare(engine)
    fill(engine)
    yield engine
    engine.dispose()


def refused(desk: ProjectsDesk, college: Invited) -> str:
    with pytest.raises(SetAside) as caught:
        desk.create(project_of(TWO[0], college))
    return caught.value.code


def test_the_accounts_of_an_ent_that_says_nothing_are_taken_by_the_word_of_a_person(
    engine: sa.Engine,
) -> None:
    silent = {"mon-ent"}.__contains__
    desk = ProjectsDesk(engine, DEGREES.get, SetClock(NOW), lambda _instance: CARD, silent)
    college = TWO[1]._replace(members=(Picked("41", "TEACHER"), Picked("ent-ecole/41", "LEADER")))
    assert refused(desk, college) == "MEMBER_UNKNOWN"
    college = college._replace(members=college.members[:1])
    made, _ = desk.create(project_of(TWO[0], college))
    with engine.connect() as connection:
        found = projects.get(connection, made)
    assert found is not None
    assert found.places[1].picks == (Pick("mon-ent/41", "TEACHER"),)
    pupil = TWO[1]._replace(members=(Picked("41", "GUARDIAN"),))
    assert refused(desk, pupil) == "MEMBER_ROLE"
