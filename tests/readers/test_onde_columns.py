"""Headers are matched by what they say, in any order, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.readers.csv_rows import Flaw
from preau.readers.onde_columns import BLOCKED, KINDS, Layout, fold, lay_out
from tests.readers.onde_files import CHILD, GUARDIANS, PUPILS, TEACHERS

HEADS = {"Eleve": PUPILS, "Responsable": GUARDIANS, "Enseignant": TEACHERS}


def laid(headers: list[str]) -> Layout:
    layout = lay_out(headers)
    assert layout is not None
    return layout


@pytest.mark.parametrize(
    "header", ["Nom d'usage élève", " NOM D’USAGE ELEVE", "*nom d‘usage  Élève*", "nomdusageeleve"]
)
def test_a_header_is_folded_to_letters(header: str) -> None:
    assert fold(header) == "nomdusageeleve"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(("event", "head"), HEADS.items())
def test_each_kind_is_known_by_its_headers(event: str, head: str) -> None:
    layout = laid(head.split(";"))
    assert (layout.event, layout.unknown, layout.width) == (event, (), head.count(";") + 1)


@given(st.permutations(PUPILS.split(";")))
def test_the_order_of_columns_does_not_count(headers: list[str]) -> None:
    layout = laid(headers)
    said = {field: headers[places[0]] for field, places in layout.columns.items() if places}
    known = laid(PUPILS.split(";")).columns
    assert said == {f: PUPILS.split(";")[places[0]] for f, places in known.items() if places}


def test_the_children_stand_in_blocks_and_go_on_beyond_the_headers() -> None:
    layout = laid(GUARDIANS.split(";"))
    assert [min(block.values()) for block in layout.children] == [13, 17, 21]
    assert layout.open == ("usage", "family", "given", "label")


def test_values_after_the_last_header_are_no_children_when_another_column_ends_the_file() -> None:
    layout = laid([*GUARDIANS.split(";"), "PCS"])
    assert len(layout.children) == 3
    assert layout.open == ()


@pytest.mark.parametrize(
    "children",
    [
        f"{CHILD};Prénom enfant",
        f"{CHILD};Nom de famille enfant;Prénom enfant",
        "Nom de famille enfant;PCS;Prénom enfant",
        "Nom de famille enfant;Classes enfants",
    ],
)
def test_blocks_of_children_that_differ_are_refused(children: str) -> None:
    with pytest.raises(Flaw, match="ONDE_HEADERS"):
        lay_out(["Nom responsable", "Prénom responsable", *children.split(";")])


def test_columns_that_no_source_describes_are_named() -> None:
    assert laid(["Prénom élève", "Nom élève", "Zèbre", "x" * 99]).unknown == ("x" * 60, "zebre")


def test_no_column_is_both_read_and_blocked() -> None:
    for kind in KINDS:
        read = {name for names in kind.columns.values() for name in names}
        assert not read & (BLOCKED - {"civilite"})
        assert all(fold(name) == name for name in read | BLOCKED)
