"""The rehearsal's page in a real Chromium: by keyboard, at any width, printed, by axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.imports.rehearsal_page import render_html
from tests.browser.sight import judge, on_disk, shape, walk
from tests.imports.test_rehearsal_page import FOUND, SCHOOL

pytestmark = pytest.mark.browser
OTHER = SCHOOL._replace(uai="0990002P", name="DE LA BLANQUETTE")


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    with on_disk(
        chromium, tmp_path / "rentree.html", render_html(FOUND._replace(schools=(SCHOOL, OTHER)))
    ) as tab:
        yield tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_axe_finds_nothing(page: Any, scheme: str, width: int) -> None:
    shape(page, scheme, width)
    found = judge(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_is_walked_by_keyboard_alone(page: Any) -> None:
    walked = walk(page, 3)
    assert walked == ["Aller au contenu", "0990001N, DES INVENTES", "0990002P, DE LA BLANQUETTE"]


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_nothing_scrolls_sideways_at_320_pixels(page: Any, text: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate(f"() => {{ document.documentElement.style.fontSize = '{text}' }}")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_each_school_begins_a_sheet_and_its_signature_is_never_cut(page: Any) -> None:
    page.emulate_media(media="print")
    style = "(place, name) => getComputedStyle(document.querySelector(place))[name]"
    assert page.evaluate(f"() => ({style})('section.school', 'breakBefore')") == "page"
    assert page.evaluate(f"() => ({style})('.sign', 'breakInside')") == "avoid"
    assert page.pdf().startswith(b"%PDF")
