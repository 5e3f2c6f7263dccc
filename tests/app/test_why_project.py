"""Why a group or a document is in an ENT, or not: in words, with the fix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.app.projects_desk import ProjectsDesk
from preau.app.why_project import WhyProject
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import made_there, outgoing, said
from preau.store.database import open_database, prepare
from preau.store.made_there import Alias
from preau.store.outgoing import Wanted
from preau.store.said import SaidState
from tests.app.schools import CARD, COLLEGE, DEGREES, NOW, TWO, authorise, decide, fill, project_of


@pytest.fixture
def engine(one_database: str) -> Iterator[sa.Engine]:
    engine = open_database(one_database)
    prepare(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def project(engine: sa.Engine) -> str:
    desk = ProjectsDesk(engine, DEGREES.get, SetClock(NOW), lambda _instance: CARD)
    made, _ = desk.create(project_of(*TWO))
    authorise(desk, made)
    decide(desk, made, COLLEGE, "WITHDRAWN", "PRINCIPAL")
    share = {"group": "ent-ecole/G7", "resource": "ent-ecole/r", "permission": "READ"}
    with engine.begin() as connection:
        made_there.put(connection, [Alias("ent-ecole/G7", made)])
        said.put(connection, [SaidState("share", "ent-ecole/s", 1, False, "e", share)])  # noqa: FBT003
        gone = Wanted("mon-ent", "group:g", made, "GROUP_PUT", {"group": "g"})
        outgoing.change(connection, [], [gone], NOW, lambda each: (each, True))
    return made


def test_a_group_is_explained_by_each_of_its_ids(engine: sa.Engine, project: str) -> None:
    why = WhyProject(engine)
    told = why.group(project, NOW)
    assert why.group("ent-ecole/G7", NOW) == why.group(told["group"], NOW) == told
    college = next(each for each in told["places"] if each["uai"] == COLLEGE)
    assert college["receives"] == []
    assert college["why_not"].startswith("WITHDRAWN: ")
    assert [each["live"] for each in told["mandates"]] == [True, True, False, False]
    (answer,) = told["told"]
    assert (answer["ent"], answer["what"], answer["count"]) == ("mon-ent", "GROUP", 1)


def test_a_document_that_did_not_go_is_explained(engine: sa.Engine, project: str) -> None:
    told = WhyProject(engine).share("ent-ecole/s", NOW)
    assert (told["project"], told["said_by"]) == (project, "ent-ecole")
    (college,) = told["ents"]
    assert college["ent"] == "mon-ent"
    assert "no mandate" in college["why_not"]


def test_what_no_project_has_is_said_to_be_unknown(engine: sa.Engine, project: str) -> None:
    why = WhyProject(engine)
    for call, id_, code, fix in (
        (why.group, f"{project}0", "GROUP_UNKNOWN", "project list"),
        (why.share, "ent-ecole/x", "SHARE_UNKNOWN", "the project's own group"),
    ):
        with pytest.raises(SetAside) as refused:
            call(id_, NOW)
        assert refused.value.code == code
        assert fix in str(refused.value)
