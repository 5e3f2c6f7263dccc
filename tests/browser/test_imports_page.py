"""The page of imports in a real Chromium: decided by keyboard, at any width, without colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import HELD_ID, Imports
from tests.browser.sight import FOCUSED, judge, shape

pytestmark = pytest.mark.browser
OUTLINE = "() => getComputedStyle(document.activeElement).outlineStyle"


@pytest.fixture
def page(chromium: Any, tab: Any, address: str) -> Iterator[Any]:
    """The page in a tab where the checks may run their own scripts."""
    context = chromium.new_context(storage_state=tab.context.storage_state(), locale="fr-FR")
    seen = context.new_page()
    seen.goto(f"{address}/imports")
    yield seen
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_axe_finds_nothing(page: Any, scheme: str, width: int) -> None:
    shape(page, scheme, width)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    found = judge(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_import_is_confirmed_by_keyboard_alone(page: Any, imports: Imports) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # over the navigation, to the content
    walked = []
    for _ in range(3):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
        assert page.evaluate(OUTLINE) == "solid"
    assert walked == ["Actualiser la page", "Confirmer", "Abandonner"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Aucun import n'attend de décision.").wait_for()
    assert page.url.endswith("/imports")
    assert imports.states[HELD_ID] == ("DONE",)


def test_an_import_is_given_up_without_any_script(tab: Any, address: str, imports: Imports) -> None:
    tab.goto(f"{address}/imports")
    tab.get_by_role("button", name="Abandonner : rectorat-2d").click()
    tab.get_by_text("Aucun import n'attend de décision.").wait_for()
    assert imports.states[HELD_ID] == ("DROPPED",)
    assert (
        tab.locator("#derniers ~ article")
        .first.locator(".status")
        .inner_text()
        .endswith("abandonné")
    )


def test_a_decision_taken_twice_is_told_in_words(page: Any, imports: Imports) -> None:
    imports.drop(HELD_ID, "key:operate")
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("heading", name="Cet import n'attend plus de décision").wait_for()
    page.get_by_role("link", name="Revenir à la page des imports").click()
    page.get_by_role("heading", name="Imports", exact=True).wait_for()


def test_what_a_button_does_is_read_with_it(page: Any) -> None:
    for name, words in (("Confirmer", "envoie ces changements"), ("Abandonner", "rien n'est")):
        button = page.get_by_role("button", name=name)
        told = page.locator(f"#{button.get_attribute('aria-describedby')}").inner_text()
        assert words in told


@pytest.mark.parametrize("text", ["100%", "200%"])
def test_nothing_scrolls_sideways_at_320_pixels(page: Any, text: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.evaluate("() => document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(f"() => {{ document.documentElement.style.fontSize = '{text}' }}")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_each_state_is_a_word_whatever_the_colours(page: Any) -> None:
    page.emulate_media(forced_colors="active")
    told = {each.strip().split(maxsplit=1)[1] for each in page.locator(".status").all_inner_texts()}
    assert told == {"retenu, attend une décision", "fait", "refusé, rien n'a changé"}


def test_a_screen_reader_meets_a_table_with_headers(page: Any) -> None:
    told = page.locator("main").aria_snapshot()
    assert 'columnheader "Supprimées"' in told
    assert 'rowheader "PersEducNat"' in told
