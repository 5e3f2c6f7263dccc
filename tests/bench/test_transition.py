"""An invented September: who keeps rights in projects is exactly who the answers say may."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.transition.__main__ import Figures, measure
from bench.transition.answers import Answers, Asked, Way

from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory

PUPILS, SEED, FLAWS = 600, 7, 0.03
FROM, TO = ("0990003R",), "0990001N"


@pytest.fixture(scope="module")
def territory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("territory")
    write_territory(Plan(PUPILS, SEED, folder, FLAWS, schools_files="none"))
    return folder


@pytest.fixture(scope="module", params=["colleges", "ecoles"])
def first(request: pytest.FixtureRequest) -> str:
    """Whose September is imported first."""
    return str(request.param)


@pytest.fixture(scope="module")
def figures(territory: Path, first: str, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return measure(tmp_path_factory.mktemp("hub"), territory, first)


def test_the_rights_are_those_of_the_answers_and_no_others(figures: Figures) -> None:
    assert (figures.too_many, figures.missing) == (0, 0)
    assert figures.kept > 40


def test_some_continuing_pupils_may_not_and_some_only_by_a_persons_yes(
    figures: Figures, first: str
) -> None:
    assert figures.continuing > figures.kept
    assert (figures.confirmed > 0) is (first == "colleges")


def test_nobody_is_left_in_an_ecoles_ent_who_went_elsewhere(figures: Figures) -> None:
    assert figures.stale == 0


@pytest.mark.parametrize(
    ("way", "confirmed", "kept"),
    [
        (Way(*FROM, "1", TO, "2", "ine", "2"), (), {"2"}),
        (Way(*FROM, "1", TO, "2", "probable", "2"), (), set()),
        (Way(*FROM, "1", TO, "2", "probable", "2"), ("1",), {"2"}),
        (Way(*FROM, "1", TO, "2", "none", "2"), ("1",), set()),
        (Way(*FROM, "", TO, "2", "ine", "2"), (), set()),
        (Way(*FROM, "1", TO, "", "ine", "2"), (), set()),
        (Way(*FROM, "1", "0990021K", "2", "ine", "2"), (), set()),
        (Way("0990005T", "1", TO, "2", "ine", "2"), (), set()),
    ],
)
def test_what_the_answers_say_of_one_pupil(
    way: Way, confirmed: tuple[str, ...], kept: set[str]
) -> None:
    answers = Answers((way,), FROM, (TO,))
    assert answers.keep(Asked(FROM, TO, "open"), confirmed) == kept
    assert answers.keep(Asked(FROM, TO, "left"), confirmed) == kept
    for state in ("proposed", "revoked", "withdrawn", "ended"):
        assert answers.keep(Asked(FROM, TO, state), confirmed) == set()
