"""An établissement changes its ENT: who is recognised, who waits, and what becomes of projects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.errors import SetAside
from preau.store import projects
from preau.store.database import open_database, prepare
from preau.store.projects import Place, Project
from preau.web.moves import Move
from tests.app.identity_house import NOW, House

UAI, ELSEWHERE = "0119010J", "0119999Z"
MOVE = Move(UAI, "ancien", "nouveau")
ACTOR = "operator"
DECLARED = sa.text(
    "insert into instance (name, connector, degree, base_url, secret, way_out, loopback, disabled)"
    " values (:name, 'beneylu', '', '', :secret, 'none', false, false)"
)


def pupil(house: House, name: str, *sources: str, person: str = "", school: str = UAI) -> None:
    """One pupil of that name, by these accounts, in a class of the school."""
    house.know(*sources, person=person, name=name)
    for source in sources:
        house.enrol(source, "SIXIEME", school)


@pytest.fixture
def house(database: str) -> Iterator[House]:
    """Of four pupils one is recognised, one is likely, two are homonyms; one is new."""
    engine = open_database(database)
    prepare(engine)
    made = House(engine)
    pupil(made, "A", "ancien/1", "nouveau/a", person="one")
    pupil(made, "B", "ancien/2", "nouveau/b")
    pupil(made, "C", "ancien/3", "ancien/4", "nouveau/c")
    pupil(made, "D", "nouveau/d")
    pupil(made, "E", "ancien/5")
    pupil(made, "F", "ancien/6", "nouveau/f", school=ELSEWHERE)
    place = Place(UAI, "ancien", "AUTHORISED", "PRINCIPAL", NOW, ("ancien/1-SIXIEME",))
    days = ("2026-10-12", "2027-07-02")
    project = Project("p-1", "g", "Lire", "", *days, "OPEN", 1, "e", NOW, (place,))
    with engine.begin() as connection:
        projects.put(connection, project)
        for name in ("ancien", "nouveau"):
            connection.execute(DECLARED, {"name": name, "secret": b""})
    yield made
    engine.dispose()


def test_the_report_counts_the_people_of_that_school_only(house: House) -> None:
    report = house.desk.moving(MOVE)
    assert report.people == 5
    assert report.recognised == {"alone": 1}
    (waiting,) = report.waiting
    assert {waiting.left.sources, waiting.right.sources} == {("ancien/2",), ("nouveau/b",)}
    assert waiting.rule == "same_school"
    assert (len(report.possible), report.unknown, report.new) == (2, 1, 1)
    assert house.acts() == []


def test_a_project_that_names_the_old_ent_is_told_with_its_members(house: House) -> None:
    (told,) = house.desk.moving(MOVE).projects
    assert (told.id, told.decision, told.members, told.recognised) == ("p-1", "AUTHORISED", 1, 1)


def test_confirming_rules_the_probable_pairs_of_the_move_and_no_other(house: House) -> None:
    count, records = house.desk.confirm_move(MOVE, "PRINCIPAL", ACTOR)
    house.hear_all(records)
    assert count == 1
    assert frozenset({"ancien/2", "nouveau/b"}) in house.people()
    assert frozenset({"ancien/6", "nouveau/f"}) not in house.people()
    assert [act for _, act, _ in house.acts()] == ["identity.confirmed", "identity.moved"]
    after = house.desk.moving(MOVE)
    assert (after.recognised, after.waiting) == ({"alone": 1, "same_school": 1}, ())


def test_only_a_role_that_may_confirms(house: House) -> None:
    with pytest.raises(SetAside, match="ROLE_REFUSED"):
        house.desk.confirm_move(MOVE, "Mme Martin", ACTOR)
    assert house.acts() == []


def test_a_move_of_which_nothing_waits_is_no_act(house: House) -> None:
    _, records = house.desk.confirm_move(MOVE, "PRINCIPAL", ACTOR)
    house.hear_all(records)
    before = house.acts()
    assert house.desk.confirm_move(MOVE, "PRINCIPAL", ACTOR) == (0, [])
    assert house.acts() == before


@pytest.mark.parametrize("move", [MOVE._replace(before="x"), MOVE._replace(after="x")])
def test_a_move_between_instances_that_nobody_declared_is_refused(house: House, move: Move) -> None:
    for call in (house.desk.moving, lambda m: house.desk.confirm_move(m, "PRINCIPAL", ACTOR)):
        with pytest.raises(SetAside, match="INSTANCE_UNKNOWN"):
            call(move)


def test_a_school_that_nobody_speaks_of_moves_nobody(house: House) -> None:
    report = house.desk.moving(Move("0110000A", "ancien", "nouveau"))
    assert (report.people, report.waiting, report.projects) == (0, (), ())
