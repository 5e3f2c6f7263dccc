"""A directory service beside an establishment's ENT: asked for, then authorised, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from preau.app.projects_desk import ProjectsDesk
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import mandates, projects
from preau.store.database import open_database, prepare
from preau.store.mandates import RECEIVE, Mandate
from preau.web.project_needs import Decision, Invited
from tests.app.schools import CARD, COLLEGE, DEGREES, ECOLE, NOW, TWO, fill, project_of

GAR = "u3"
FIELDS = ("family_name", "given_name")


class Directory(NamedTuple):
    """The card of a directory service, as far as the desk reads it."""

    product: str = "annuaire"
    members: tuple[str, ...] = ("PSEUDONYM",)
    adults_only: bool = False

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        return {
            "GROUP_PUT": ("group", "name"),
            "MEMBER_PUT": ("group", "local_id", "establishment"),
            "PERSON_PUT": FIELDS,
        }


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database)
    prepare(engine)
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: sa.Engine) -> ProjectsDesk:
    cards = {GAR: Directory(), "ancien": None}
    return ProjectsDesk(engine, DEGREES.get, SetClock(NOW), lambda name: cards.get(name, CARD))


@pytest.fixture
def made(desk: ProjectsDesk) -> str:
    return desk.create(project_of(*TWO))[0]


def beside(name: str = GAR, uai: str = COLLEGE) -> Invited:
    ent = "mon-ent" if uai == COLLEGE else "ent-ecole"
    return Invited(uai, ent, (), (), (name,))


def given(engine: sa.Engine, project: str, instance: str = GAR) -> list[Mandate]:
    with engine.connect() as connection:
        rows = mandates.of_project(connection, project)
    return [each for each in rows if each.instance == instance and each.revoked_at is None]


def authorise(desk: ProjectsDesk, project: str) -> None:
    desk.decide(project, Decision(COLLEGE, "AUTHORISED", "PRINCIPAL"))


def test_the_authorisation_gives_the_directory_a_mandate_of_its_own(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    desk.join(made, beside())
    assert given(engine, made) == []
    authorise(desk, made)
    [mandate] = given(engine, made)
    assert (mandate.establishment, mandate.direction) == (COLLEGE, RECEIVE)
    assert mandate.records == ("group", "membership", "person")
    assert {f"person.{name}" for name in FIELDS} <= set(mandate.fields)
    for other in given(engine, made, "mon-ent"):  # no ENT is told a name by that
        assert "person" not in other.records
        assert not [name for name in other.fields if name.startswith("person.")]


def test_one_asked_for_after_the_authorisation_waits_for_another(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    authorise(desk, made)
    desk.join(made, beside())
    assert given(engine, made) == []
    authorise(desk, made)
    assert len(given(engine, made)) == 1


def test_asked_for_twice_is_asked_for_once_and_the_page_shows_it(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    desk.join(made, beside())
    desk.join(made, beside())
    with engine.connect() as connection:
        found = projects.get(connection, made)
    page = desk.page(made)
    assert found is not None
    assert page is not None
    assert {p.uai: p.directories for p in found.places}[COLLEGE] == (GAR,)
    assert {e.uai: e.directories for e in page.establishments} == {ECOLE: (), COLLEGE: (GAR,)}


def test_a_withdrawn_authorisation_revokes_it_too(
    desk: ProjectsDesk, engine: sa.Engine, made: str
) -> None:
    desk.join(made, beside())
    authorise(desk, made)
    desk.decide(made, Decision(COLLEGE, "WITHDRAWN", "PRINCIPAL"))
    assert given(engine, made) == []


@pytest.mark.parametrize("name", ["ancien", "mon-ent"])
def test_only_a_directory_service_stands_beside(desk: ProjectsDesk, made: str, name: str) -> None:
    with pytest.raises(SetAside) as refused:
        desk.join(made, beside(name))
    assert refused.value.code == "DIRECTORY_UNKNOWN"


def test_a_purpose_that_needs_no_names_has_no_directory(desk: ProjectsDesk) -> None:
    project = desk.create(project_of(*TWO)._replace(purpose="CONCERTATION"))[0]
    with pytest.raises(SetAside) as refused:
        desk.join(project, beside())
    assert refused.value.code == "DIRECTORY_PURPOSE"
    assert "PROJET_PEDAGOGIQUE" in refused.value.complaint.known


def test_nobody_but_a_directory_is_no_establishment(desk: ProjectsDesk, made: str) -> None:
    new = Invited("0119099Y", "ent-ecole", (), (), (GAR,))
    with pytest.raises(SetAside) as refused:
        desk.join(made, new)
    assert refused.value.code == "NOBODY_INVITED"
