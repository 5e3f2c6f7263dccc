"""Why a pupil of 6e is in a project: from which école, by which link; on the page how many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.app.following_view import LEFT, followed
from preau.app.person_view import person_why, plain
from preau.app.project_view import ProjectView
from preau.app.projects_desk import ProjectsDesk
from preau.app.why_project import WhyProject
from preau.clock import SetClock
from preau.store import persons, remembered
from preau.store.database import open_database, prepare
from preau.store.persons import Entry
from preau.store.remembered import Remembered
from tests.app.schools import CARD, COLLEGE, DEGREES, ECOLE, NOW, TWO, authorise, fill, project_of

OLD, NEW = "ent-ecole/5", "mon-ent/u5"


@pytest.fixture
def engine(one_database: str) -> Iterator[sa.Engine]:
    engine = open_database(one_database)
    prepare(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def project(engine: sa.Engine) -> str:
    """Two pupils followed, one by two accounts; a third has arrived nowhere."""
    desk = ProjectsDesk(engine, DEGREES.get, SetClock(NOW), lambda _instance: CARD)
    made, _ = desk.create(project_of(*TWO))
    authorise(desk, made)
    rows = [
        Remembered(made, source, ECOLE, "ent-ecole/5121", person, NOW, left, 0, college)
        for source, person, left, college in (
            (OLD, "p5", NOW + 1, COLLEGE),
            ("academie/5", "p5", 0, COLLEGE),
            ("ent-ecole/6", "p6", NOW + 1, COLLEGE),
            ("ent-ecole/7", "p7", NOW + 1, ""),
        )
    ]
    with engine.begin() as connection:
        remembered.put(connection, rows)
        persons.put_entries(connection, [entry(OLD, "ine_digest"), entry(NEW, "ine_digest")])
        persons.put_entries(connection, [entry("mon-ent/u6", "alone", "p6")])
        persons.put_entries(connection, [entry("mon-ent/u7", "alone", "p7")])
    return made


def entry(source: str, rule: str, person: str = "p5") -> Entry:
    return Entry(source, 1, deleted=False, person=person, rule=rule, decisions=1, at=NOW)


def test_a_person_is_told_from_which_ecole_and_by_which_rule(
    engine: sa.Engine, project: str
) -> None:
    with engine.connect() as connection:
        told = person_why(connection, "mon-ent/u5").follows
    assert [each.account for each in told] == ["academie/5", OLD]
    of_ent = told[1]
    assert (of_ent.project, of_ent.from_uai, of_ent.to_uai) == (project, ECOLE, COLLEGE)
    assert (of_ent.rule, of_ent.evidence) == ("ine_digest", ("pii.ine_digest",))
    assert of_ent.why == f"follows from école {ECOLE}: link rule ine_digest"
    assert plain(told)[1]["why"] == of_ent.why


def test_an_account_that_is_gone_and_one_that_arrived_nowhere_are_told(
    engine: sa.Engine, project: str
) -> None:
    with engine.connect() as connection:
        (gone,) = person_why(connection, "p6").follows
        (nowhere,) = person_why(connection, "p7").follows
    assert (gone.rule, gone.why) == ("", f"follows from école {ECOLE}: {LEFT}")
    assert (nowhere.to_uai, nowhere.why) == ("", "in no collège so far")
    assert gone.project == nowhere.project == project


def test_a_group_and_the_page_count_children_and_name_nobody(
    engine: sa.Engine, project: str
) -> None:
    with engine.connect() as connection:
        assert [each.pupils for each in followed(connection, project)] == [2]
    told = WhyProject(engine).group(project, NOW)
    assert told["follow"] == [{"from_uai": ECOLE, "to_uai": COLLEGE, "pupils": 2}]
    page = ProjectView(engine, lambda _instance: CARD, SetClock(NOW)).page(project)
    assert page is not None
    assert {each.uai: each.followers for each in page.establishments} == {ECOLE: 0, COLLEGE: 2}
    for text in (repr(told), repr(page)):
        assert f"'{OLD}'" not in text
        assert "'p5'" not in text
