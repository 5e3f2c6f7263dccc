"""The territory of the story: invented, coherent, and what each ENT is seeded with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from preau.demo.limoux.seeds import LATECOMER, accounts, beneylu_seed, edifice_seed
from preau.demo.limoux.town import COLLEGE, ECOLES, Person, School

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
INVENTED = Path(__file__).resolve().parents[3] / "connectors" / "invented-people.txt"
SCHOOLS = (*ECOLES, COLLEGE)
PEOPLE = [person for school in SCHOOLS for person in school.people()]


@pytest.mark.parametrize("school", SCHOOLS, ids=lambda school: school.uai)
def test_a_school_has_the_right_letter_in_a_range_that_no_real_one_uses(school: School) -> None:
    assert school.uai.startswith("0119")
    assert school.uai[7] == LETTERS[int(school.uai[:7]) % 23]


def test_everybody_is_invented_and_told_apart() -> None:
    invented = set(INVENTED.read_text("utf-8").splitlines())
    assert {f"{person.family} {person.given}" for person in PEOPLE} <= invented
    for ids in (
        {person.number for person in PEOPLE},
        {person.account for person in PEOPLE},
        {person.uuid for person in PEOPLE},
    ):
        assert len(ids) == len(PEOPLE)


def test_every_class_has_one_teacher_and_some_pupils() -> None:
    for school in SCHOOLS:
        for each in school.classes:
            assert [person.teacher for person in each.people].count(True) == 1
            assert len(each.people) > 2


def users(seed: dict[str, Any], places: str) -> list[dict[str, Any]]:
    return [u for place in seed[places] for c in place["classes"] for u in c["users"]]


def test_the_ecoles_ent_holds_three_ecoles_and_all_their_people() -> None:
    seed = beneylu_seed()
    assert [school["uai"] for school in seed["schools"]] == [school.uai for school in ECOLES]
    expected = sorted(person.account for school in ECOLES for person in school.people())
    assert sorted(user["id"] for user in users(seed, "schools")) == expected


def test_one_pupil_of_the_college_has_no_account_yet() -> None:
    assert not LATECOMER.teacher
    before, after = (users(edifice_seed(complete=each), "structures") for each in (False, True))
    missing = {user["externalId"] for user in after} - {user["externalId"] for user in before}
    assert missing == {f"MONTPELLIER-{LATECOMER.number}"}
    assert len(after) == len(list(COLLEGE.people())) == len(accounts(complete=True))
    assert LATECOMER not in accounts(complete=False)


def test_a_person_has_one_number_and_one_account_in_each_ent() -> None:
    person = Person(700_101, "ABADIE", "Capucine")
    assert (person.account, person.uuid) == (40_101, "0c011e6e-0000-4000-8000-000000700101")
