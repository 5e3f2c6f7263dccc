"""The quality report in a real Chromium, as a file on a disk: by keyboard, any width, by axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.imports.findings import (
    LEVEL_UNKNOWN,
    NO_CLASS,
    TWO_PLACES,
    UAI_LETTER,
    Finding,
    SchoolQuality,
    Spot,
)
from preau.imports.quality import render_html
from tests.browser.sight import judge, on_disk, shape, walk

pytestmark = pytest.mark.browser
LONG = f"ENT2DVA-ENT16_Complet_20260916_{'Eleve' * 8}_0003.xml"
SPOTS = tuple(Spot(LONG, f"record {number}") for number in range(20))
REPORT = [
    SchoolQuality(
        "0119010A",
        "Collège des Trois-Ponts",
        1_204,
        48,
        (
            Finding(UAI_LETTER, 1, 1, SPOTS[:1]),
            Finding(NO_CLASS, 1_200, 1_200, SPOTS),
            Finding(TWO_PLACES, 2, 2, SPOTS[:2]),
        ),
    ),
    SchoolQuality("0119001Z", "École de la Blanquette", 91, 4, ()),
    SchoolQuality("", "", 0, 0, (Finding(LEVEL_UNKNOWN, 1, 1, SPOTS[:1]),)),
]


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    with on_disk(chromium, tmp_path / "qualite.html", render_html(REPORT)) as tab:
        yield tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_axe_finds_nothing(page: Any, scheme: str, width: int) -> None:
    shape(page, scheme, width)
    found = judge(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_is_walked_by_keyboard_alone(page: Any) -> None:
    walked = walk(page, 3)
    assert walked == [
        "Aller au contenu",
        "0119010A, Collège des Trois-Ponts",
        "Nomenclature de l'académie (toutes les structures)",
    ]


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_nothing_scrolls_sideways_at_320_pixels(page: Any, text: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(f"() => {{ document.documentElement.style.fontSize = '{text}' }}")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_a_screen_reader_meets_a_table_per_school_at_any_width(page: Any) -> None:
    for width in (1100, 320):
        page.set_viewport_size({"width": width, "height": 800})
        told = page.locator("main").aria_snapshot()
        assert 'table "1 204 élèves lus, 48 classes lues"' in told.replace("\u202f", " ")
        assert 'columnheader "Où regarder"' in told
        assert 'rowheader "2 élèves inscrits aussi dans un autre établissement"' in told
        assert "École de la Blanquette" in told
