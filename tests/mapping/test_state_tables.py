"""The tables of the State's codes: each code has one meaning, and each edition says its sources."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from preau.canon.schemas import load
from preau.mapping.conversions import functions, natures
from preau.mapping.conversions.conversion import About
from preau.mapping.conversions.registry import CONVERSIONS

ABOUT = About("ent", "SECOND", str, str)
FOLDER = Path(functions.__file__).parent


def table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def symbols(record: str, field: str) -> set[str]:
    fields: list[dict[str, Any]] = load()[record].raw["fields"]
    return set(next(each for each in fields if each["name"] == field)["type"]["symbols"])


@pytest.mark.parametrize("name", ["functions.toml", "natures.toml"])
def test_a_table_says_its_edition_and_its_sources(name: str) -> None:
    assert table(name)["version"] >= 1
    assert len(table(name)["source"]) > 100


def test_a_conversion_says_the_edition_of_its_table() -> None:
    assert f"`functions.toml`, edition {functions.edition()}" in CONVERSIONS["aaf_profile"].doc
    assert f"`natures.toml`, edition {natures.edition()}" in CONVERSIONS["structure_kind"].doc


def test_a_function_has_one_profile_which_is_one_of_the_canonical_ones() -> None:
    rows = table("functions.toml")["profile"]
    assert max(Counter(code for row in rows for code in row["functions"]).values()) == 1
    assert {row["profile"] for row in rows} <= symbols("affiliation", "profile")
    assert all(row.get("national", "National_").startswith("National_") for row in rows)


def test_a_nature_has_one_kind_which_is_one_of_the_canonical_ones() -> None:
    codes, labels = table("natures.toml")["codes"], table("natures.toml")["labels"]
    said = [word for kinds in (codes, labels) for words in kinds.values() for word in words]
    assert max(Counter(said).values()) == 1
    assert set(codes) | set(labels) <= symbols("establishment", "kind")


@pytest.mark.parametrize("label", natures.natures())
def test_every_word_of_the_table_of_natures_is_found_as_it_is_written(label: str) -> None:
    assert CONVERSIONS["structure_kind"].convert((label,), ABOUT) == natures.natures()[label]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_order_of_a_persons_functions_changes_nothing(order: tuple[int, int]) -> None:
    said = [["43", "ADM", "", "", ""], ["44", "DOC", "", "", ""]]
    given = ([said[place] for place in order],)
    assert CONVERSIONS["aaf_profile"].convert(given, ABOUT) == "LIBRARIAN"
    assert CONVERSIONS["aaf_national_profile"].convert(given, ABOUT) == "National_DOC"


def test_a_function_of_2024_that_no_table_tells_has_a_profile_but_no_word_of_the_sdet() -> None:
    assert CONVERSIONS["aaf_profile"].convert(("AEH",), ABOUT) == "SCHOOL_LIFE"
    assert CONVERSIONS["aaf_national_profile"].convert(("AEH",), ABOUT) is None


def test_a_pupil_who_came_back_to_a_class_has_not_left_it() -> None:
    left = [["43", "10/10/2026", "6A"]]
    back = [["43", "01/09/2026", "6A"], ["43", "05/01/2027", "6A"]]
    day = CONVERSIONS["class_day"].convert
    assert day(("43", "6A", left, back), ABOUT) is None
    assert day(("43", "6A", left, back[:1]), ABOUT) == day(("43", "6A", left), ABOUT)
    assert day(("43", "6B", left, back), ABOUT) is None
