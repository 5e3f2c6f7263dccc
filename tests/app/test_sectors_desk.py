"""Sectors, declared by hand or by a file: taken whole, repeatable, told as `sector.v1`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.agents.projects import ProjectsStep
from preau.agents.sector_records import told
from preau.app.sectors_desk import SectorsDesk
from preau.canon.codec import decode
from preau.clock import SetClock
from preau.errors import SetAside
from preau.store import audit, sectors
from preau.store.database import open_database, prepare
from preau.store.sectors import Sector
from preau.web.project_needs import SectorsTaken

NOW = 1_791_793_800_000  # 12 October 2026
COLLEGE, OTHER, A, B, CIRCO = "0159010M", "0159011N", "0159001C", "0159002D", "0159900E"
FILE = f"college;ecole;circonscription;reseau\n{COLLEGE};{A};{CIRCO};oui\n{COLLEGE};{B};{CIRCO};\n"


@pytest.fixture
def engine(one_database: str) -> Iterator[sa.Engine]:
    engine = open_database(one_database)
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def desk(engine: sa.Engine) -> SectorsDesk:
    return SectorsDesk(engine, SetClock(NOW))


def taken(desk: SectorsDesk, text: str, *, complete: bool = False) -> SectorsTaken:
    return desk.take(text.encode(), complete=complete)


def acts(engine: sa.Engine) -> list[str]:
    with engine.connect() as connection:
        return [each.act for each in audit.entries(connection)]


def due(engine: sa.Engine) -> list[sectors.Told]:
    with engine.connect() as connection:
        return sectors.unsent(connection)


def test_a_file_declares_its_sectors(desk: SectorsDesk, engine: sa.Engine) -> None:
    assert taken(desk, FILE) == SectorsTaken(2, 1, 0)
    rows = [Sector(each, COLLEGE, CIRCO, network=True) for each in (A, B)]
    assert desk.declared() == rows
    with engine.connect() as connection:
        assert sectors.colleges_of(connection, [A, B]) == {A: COLLEGE, B: COLLEGE}


def test_taken_again_it_is_no_second_act(desk: SectorsDesk, engine: sa.Engine) -> None:
    taken(desk, FILE)
    before = due(engine)
    assert taken(desk, FILE) == SectorsTaken(2, 0, 0)
    assert due(engine) == before
    assert acts(engine) == ["sector.imported"]


def test_what_a_file_does_not_say_stays(desk: SectorsDesk) -> None:
    taken(desk, FILE)
    assert taken(desk, f"college;ecole\n{COLLEGE};{A}\n") == SectorsTaken(1, 0, 0)
    assert len(desk.declared()) == 2


def test_a_complete_file_withdraws_what_it_does_not_name(desk: SectorsDesk) -> None:
    taken(desk, FILE)
    desk.declare(OTHER, ["0159003E"])
    result = taken(desk, f"college;ecole\n{COLLEGE};{A}\n", complete=True)
    assert result == SectorsTaken(1, 1, 1)
    assert [each.ecole for each in desk.declared()] == [A, "0159003E"]


def test_an_ecole_moves_to_another_college_with_its_circonscription(
    desk: SectorsDesk, engine: sa.Engine
) -> None:
    taken(desk, FILE)
    with engine.begin() as connection:
        sectors.mark_sent(connection, sectors.unsent(connection))
    taken(desk, f"college;ecole\n{OTHER};{B}\n")
    assert desk.declared() == [
        Sector(A, COLLEGE, CIRCO, network=True),
        Sector(B, OTHER, CIRCO, network=False),
    ]
    assert [(each.college, each.version, each.ecoles) for each in due(engine)] == [
        (COLLEGE, 2, (A,)),
        (OTHER, 1, (B,)),
    ]


def test_a_wrong_line_leaves_everything_as_it_was(desk: SectorsDesk, engine: sa.Engine) -> None:
    with pytest.raises(SetAside) as refused:
        taken(desk, FILE + "x;y;;\n")
    assert refused.value.code == "SECTOR_LINES"
    assert desk.declared() == []
    assert due(engine) == []


NAMED = f"college;ecole;nom_reseau\n{COLLEGE};{A};reseau-saint-flour\n{COLLEGE};{B};\n"


def test_a_network_has_a_name_until_a_file_says_that_there_is_no_network(
    desk: SectorsDesk,
) -> None:
    taken(desk, NAMED)
    whole = [Sector(each, COLLEGE, "", network=True, name="reseau-saint-flour") for each in (A, B)]
    assert desk.declared() == whole
    assert taken(desk, NAMED) == SectorsTaken(2, 0, 0)
    taken(desk, f"college;ecole;reseau\n{COLLEGE};{A};oui\n")
    assert desk.declared() == whole
    desk.declare(COLLEGE, [A, B, "0159003E"])
    assert {each.name for each in desk.declared()} == {"reseau-saint-flour"}
    taken(desk, f"college;ecole;reseau\n{COLLEGE};{A};non\n")
    assert {(each.network, each.name) for each in desk.declared()} == {(False, "")}


def test_declared_by_hand_it_keeps_what_a_file_said(desk: SectorsDesk) -> None:
    taken(desk, FILE)
    desk.declare(COLLEGE, [A, "0159003E"])
    assert desk.declared() == [
        Sector(A, COLLEGE, CIRCO, network=True),
        Sector("0159003E", COLLEGE, "", network=True),
    ]


def test_the_record_says_the_sector_and_its_end(desk: SectorsDesk, engine: sa.Engine) -> None:
    taken(desk, FILE)
    (first,) = due(engine)
    value = decode(told(first).value or b"").value
    assert (value["college_uai"], value["ecole_uais"], value["eer"]) == (COLLEGE, [A, B], True)
    assert value["circonscriptions"] == [CIRCO]
    desk.declare(COLLEGE, [])
    (last,) = due(engine)
    gone = decode(told(last).value or b"").value
    assert (gone["meta"]["version"], gone["meta"]["deleted"], gone["ecole_uais"]) == (2, True, [])


def test_the_step_hands_a_record_over_once_kafka_has_it(
    desk: SectorsDesk, engine: sa.Engine
) -> None:
    step = ProjectsStep(
        engine, lambda _instance: None, lambda _instance, person: person, SetClock(NOW)
    )
    step.opening()
    taken(desk, FILE)
    (record,) = step.tick()
    assert (record.topic, record.key) == ("preau.canon.sector", COLLEGE.encode())
    assert step.tick() == []  # handed over, not acknowledged yet
    fresh = ProjectsStep(
        engine, lambda _instance: None, lambda _instance, person: person, SetClock(NOW)
    )
    assert fresh.opening() == [record]  # a process that ended before: the same bytes again
    step.acknowledged()
    assert due(engine) == []
    assert step.tick() == []
