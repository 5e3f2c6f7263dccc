"""The territory of the Cantal: invented, coherent, and what each ENT is seeded with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from preau.app.sector_file import read_sectors
from preau.demo.cantal.project import PEOPLE
from preau.demo.cantal.script import CAST
from preau.demo.cantal.seeds import sectors_file
from preau.demo.cantal.territory import (
    BENEYLU,
    COLLEGE,
    GROUPEMENTS,
    NETCIRCO,
    NETECOLE,
    NETWORK,
    PROJECT,
    PUPIL,
    ROOMS,
    SAINT_FLOUR,
    Room,
)

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
INVENTED = Path(__file__).resolve().parents[3] / "connectors" / "invented-people.txt"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.uai)
def test_a_school_has_the_right_letter_in_a_range_that_no_real_one_uses(room: Room) -> None:
    assert room.uai.startswith("0159")
    assert room.uai[7] == LETTERS[int(room.uai[:7]) % 23]


def test_everybody_is_invented_and_told_apart() -> None:
    people = [person for room in ROOMS for person in room.people]
    invented = set(INVENTED.read_text("utf-8").splitlines())
    assert {f"{person.family} {person.given}" for person in people} <= invented
    assert len({person.number for person in people}) == len(people)
    assert max(Counter(person.ine for person in people).values()) == 1


def test_four_groupings_are_on_one_product_and_the_circonscriptions_on_another() -> None:
    assert [room.instance for room in GROUPEMENTS] == [NETECOLE] * 4
    assert {e.name for e in CAST.ents} == {room.instance for room in ROOMS}
    adults = [p for room in ROOMS if room.instance == NETCIRCO for p in room.people]
    assert adults
    assert all(person.profile != PUPIL for person in adults)


def test_the_file_says_the_network_of_saint_flour_and_another_sector() -> None:
    lines = read_sectors(sectors_file())
    network = [line for line in lines if line.network]
    assert {line.ecole for line in network} == {room.uai for room in NETWORK}
    assert {(line.college, line.circonscription) for line in network} == {
        (COLLEGE.uai, SAINT_FLOUR.uai)
    }
    assert len(lines) == len(network) + 1


def test_the_project_is_of_the_network_only_and_not_of_all_of_it() -> None:
    of_the_network = {*NETWORK, COLLEGE, SAINT_FLOUR}
    assert set(PROJECT) < of_the_network
    pupils = sum(len(r.told) for r in PROJECT if r.instance != BENEYLU)
    assert pupils + 1 == PEOPLE
