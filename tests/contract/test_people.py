"""The list of invented people, and where names hide in plain values."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.contract.people import People, names_in, open_people


@pytest.fixture
def people() -> People:
    return People(iter(["# a comment", "", "MARTY-SOULA Elio", "DELPRAT Maëlys"]))


@pytest.mark.parametrize(
    "text", ["DELPRAT", "Maëlys", "maelys.delprat", "Marty-Soula", "E. DELPRAT"]
)
def test_a_name_of_the_list_is_known_without_case_and_accents(people: People, text: str) -> None:
    assert people.knows(text)


@pytest.mark.parametrize("text", ["MARTIN", "Maëlys MARTIN", "delpratt"])
def test_any_other_name_is_not(people: People, text: str) -> None:
    assert not people.knows(text)


def test_a_family_name_is_found_as_a_word_only(people: People) -> None:
    assert people.named_in('{"title": "Le carnet de Delprat"}')
    assert not people.named_in('{"title": "delpratique"}')


def test_names_are_found_by_their_key_at_any_depth() -> None:
    event = {"data": [{"last_name": "A", "sn": ["B"]}, {"label": "C", "login": "d.e@f.example"}]}

    assert dict(names_in(event)) == {
        "data.0.last_name": "A",
        "data.0.sn.0": "B",
        "data.1.login": "d.e",
    }


def test_the_whole_name_of_a_school_or_class_is_no_person() -> None:
    people = People(iter(["DELPRAT Maëlys", "= École Jean Moulin", "= CM2 A"]))

    assert people.knows("École Jean Moulin")
    assert people.knows("CM2 A")
    assert not people.knows("Jean Moulin"), "its words are nobody's"
    assert not people.named_in('{"name": "École Jean Moulin"}')


def test_the_card_may_say_where_its_list_is(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "ours.txt").write_text("DELPRAT Maëlys\n", "utf-8")
    folder = tmp_path / "shelf" / "essai"

    assert open_people(folder, "../../lists/ours.txt").knows("Delprat")
    assert not open_people(folder).knows("Delprat")
