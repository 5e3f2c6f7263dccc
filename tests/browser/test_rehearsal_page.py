"""The rehearsal's page in a real Chromium: by keyboard, at any width, printed, by axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from preau.imports.rehearsal_page import render_html
from tests.imports.test_rehearsal_page import FOUND, SCHOOL

pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "RGAAv4", "best-practice"]
FOCUSED = "() => (document.activeElement.textContent || '').trim()"
OTHER = SCHOOL._replace(uai="0990002P", name="DE LA BLANQUETTE")


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Any]:
    file = tmp_path / "rentree.html"
    file.write_text(render_html(FOUND._replace(schools=(SCHOOL, OTHER))), encoding="utf-8")
    context = chromium.new_context(locale="fr-FR", bypass_csp=True)
    tab = context.new_page()
    tab.goto(file.as_uri())
    yield tab
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_axe_finds_nothing(page: Any, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert found.violations_count == 0, found.generate_report()


def test_the_page_is_walked_by_keyboard_alone(page: Any) -> None:
    walked = []
    for _ in range(3):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
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
