"""An invented September, small: every certain link is found, and nobody is taken for another."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.identity.__main__ import Figures, measure
from bench.identity.answers import Likely, Truth, read_truth

from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory

SEED, FLAWS = 5, 0.04


@pytest.fixture(scope="module")
def territory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("territory")
    write_territory(Plan(320, SEED, folder, FLAWS, schools_files="none"))
    return folder


@pytest.fixture(scope="module")
def truth(territory: Path) -> Truth:
    return read_truth(territory / "answers.jsonl")


@pytest.fixture(scope="module", params=["colleges", "ecoles"])
def first(request: pytest.FixtureRequest) -> str:
    """Whose September is imported first."""
    return str(request.param)


@pytest.fixture(scope="module")
def figures(territory: Path, first: str, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return measure(tmp_path_factory.mktemp("hub"), territory, first)


def test_the_september_has_something_to_find(truth: Truth) -> None:
    assert len(truth.links["ine"]) > 10
    assert {"staff", "national_ref", "probable"} <= truth.links.keys()


def test_every_certain_link_is_found(figures: Figures) -> None:
    assert figures.certain.found == figures.certain.links


def test_nobody_is_linked_to_somebody_else(figures: Figures) -> None:
    assert figures.certain.wrong == 0


def test_what_is_probable_is_listed_and_is_right(figures: Figures, first: str) -> None:
    if first == "ecoles":
        assert figures.likely.listed == 0  # they were withdrawn before anybody could look
        return
    assert figures.likely.listed > 0
    assert figures.likely.precision == 1.0
    assert figures.likely.recall > 0.5


def test_the_figures_are_told(figures: Figures) -> None:
    told = figures.told()
    assert f"certain: {figures.certain.links} of {figures.certain.links} links, 0 wrong" in told
    assert "per second" in told


def test_wrong_and_missing_pairs_lower_the_shares() -> None:
    likely = Likely(there=4, listed=5, right=4, there_and_listed=3)
    assert (likely.precision, likely.recall) == (0.8, 0.75)
    assert (Likely(0, 0, 0, 0).precision, Likely(0, 0, 0, 0).recall) == (1.0, 1.0)
