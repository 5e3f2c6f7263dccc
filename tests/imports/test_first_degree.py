"""Imports of AAF 1D: the classes that pupils say live as long as one pupil says them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.mapping.normaliser import Context
from preau.store.imports import DONE
from tests.imports.conftest import INSTANCE, Academie, Row


@pytest.fixture
def ecoles(tmp_path: Path, database: str) -> Iterator[Academie]:
    """An académie that sends the files of its écoles."""
    academie = Academie(tmp_path, database)
    connector = open_catalogue().connector("aaf-1d")
    academie.normaliser = connector.normaliser(Context(b"secret"))
    academie.source = academie.source._replace(connector=connector, normaliser=academie.normaliser)
    yield academie
    academie.engine.dispose()


def child(number: int, class_id: str = "812", label: str = "CM1-CM2", level: str = "1125") -> Row:
    values = {
        "ENTPersonJointure": str(number),
        "ENTPersonNom": "BELAVAL",
        "ENTPersonPrenom": "Timéo",
        "ENTPersonStructRattach": "510",
        "ENTPersonClasses": f"510$$${class_id}${label}",
        "ENTEleveNiveau": f"{level}$x",
    }
    return Row("Eleve", str(number), values)


def sent(academie: Academie, *rows: Row, day: str = "01/09/2026", per: int = 99) -> dict[str, int]:
    """Imports a set; what was added and withdrawn, by category."""
    run = academie.imported(academie.files(*rows, day=day, degree="1D", per=per))
    assert run.state == DONE
    added: dict[str, int] = run.result["added"]
    return added


def groups(academie: Academie) -> dict[str, list[str]]:
    """The levels of each class."""
    state = academie.state()
    return {
        key.removeprefix(f"{INSTANCE}/"): said["levels"]
        for (record, key), said in state.items()
        if record == "group"
    }


CLASS = [child(number, level="1125" if number % 2 else "1124") for number in range(1, 21)]


def test_each_class_is_one_object_whatever_its_pupils_levels(ecoles: Academie) -> None:
    assert sent(ecoles, *CLASS) == {"Classe": 1, "Eleve": 20}
    assert groups(ecoles) == {"510$812": ["CM1", "CM2"]}


def test_a_class_said_in_several_files_is_one_object(ecoles: Academie) -> None:
    assert sent(ecoles, *CLASS, per=3) == {"Classe": 1, "Eleve": 20}


def test_a_pupil_who_leaves_a_class_does_not_take_it_along(ecoles: Academie) -> None:
    sent(ecoles, *CLASS)
    assert sent(ecoles, child(1, "813", "CM2"), *CLASS[1:], day="02/09/2026") == {"Classe": 1}
    assert groups(ecoles) == {"510$812": ["CM1", "CM2"], "510$813": ["CM2"]}


def test_a_class_that_nobody_says_any_more_is_withdrawn(ecoles: Academie) -> None:
    sent(ecoles, *CLASS, child(30, "813", "CM2"))
    sent(ecoles, *CLASS, child(30), day="02/09/2026")
    assert groups(ecoles) == {"510$812": ["CM1", "CM2"]}


def test_a_class_keeps_its_number_when_its_label_changes(ecoles: Academie) -> None:
    sent(ecoles, child(1))
    sent(ecoles, child(1, label="CM2 TILLEULS"), day="02/09/2026")
    assert groups(ecoles) == {"510$812": ["CM2"]}


def test_two_labels_of_one_class_are_told(ecoles: Academie) -> None:
    files = ecoles.files(child(1), child(2, label="CM2"), degree="1D")
    run = ecoles.imported(files)
    assert run.result["set_aside"] == {"IMPORT_TWICE": 1}
    assert groups(ecoles) == {"510$812": ["CM1", "CM2"]}


def test_a_change_of_class_says_the_class_too(ecoles: Academie) -> None:
    ecoles.expects_deltas()
    sent(ecoles, *(child(number) for number in range(9)))
    moved = {"ENTPersonClasses": "510$$$813$CM2", "ENTEleveNiveau": "1125$x"}
    delta = ecoles.delta(Row("Eleve", "1", moved, "modify"), degree="1D")
    run = ecoles.imported(delta)
    assert (run.result["added"], run.result["changed"]) == ({"Classe": 1}, {"Eleve": 1})
    assert set(groups(ecoles)) == {"510$812", "510$813"}
    whole = [child(number) for number in range(9) if number != 1]
    again = ecoles.files(*whole, child(1, "813", "CM2"), degree="1D", day="03/09/2026")
    assert ecoles.imported(again).result["canonical"] == 0
