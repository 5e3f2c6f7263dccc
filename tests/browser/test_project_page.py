"""The project's page in a real Chromium: by keyboard, at any width, without colour, by axe."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.sight import FOCUSED, judge, shape

pytestmark = pytest.mark.browser
PAGES = ["", "/projets/rien", "/projets", "/produits", "/accessibilite"]
OUTLINE = "() => getComputedStyle(document.activeElement).outlineStyle"


@pytest.fixture
def seeing(chromium: Any, tab: Any) -> Any:
    """The same session in a tab where the checks may run their own scripts."""
    context = chromium.new_context(storage_state=tab.context.storage_state(), locale="fr-FR")
    page = context.new_page()
    page.goto(tab.url)
    yield page
    context.close()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_axe_finds_nothing(seeing: Any, address: str, path: str, scheme: str, width: int) -> None:
    shape(seeing, scheme, width)
    if path:
        seeing.goto(address + path)
    found = judge(seeing)
    assert found.violations_count == 0, found.generate_report()


def test_the_page_is_walked_by_keyboard_alone(seeing: Any) -> None:
    seeing.keyboard.press("Tab")
    assert seeing.evaluate(FOCUSED) == "Aller au contenu"
    assert seeing.locator(".skip").bounding_box()["x"] >= 0  # seen once it has the focus
    seeing.keyboard.press("Enter")
    assert seeing.evaluate("() => document.activeElement.id") == "contenu"
    walked = []
    for _ in range(9):
        seeing.keyboard.press("Tab")
        walked.append(seeing.evaluate(FOCUSED))
        assert seeing.evaluate(OUTLINE) == "solid"
    assert walked == [
        "Actualiser la page",
        "Établissements",
        "Groupe",
        "Documents partagés",
        "Réponses des ENT",
        "Voir l'agenda du projet dans mon agenda",
        "Que veulent dire ces réponses ?",
        "Ce que chaque ENT sait faire",
        "Accessibilité : non conforme",
    ]
    for _ in range(2):
        seeing.keyboard.press("Shift+Tab")
    seeing.keyboard.press("Enter")
    assert seeing.get_by_text("L'ENT ne le fera pas").is_visible()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("text", ["100%", "200%"])
def test_nothing_scrolls_sideways_at_320_pixels(
    seeing: Any, address: str, path: str, text: str
) -> None:
    seeing.set_viewport_size({"width": 320, "height": 640})
    if path:
        seeing.goto(address + path)
    seeing.evaluate(f"() => {{ document.documentElement.style.fontSize = '{text}' }}")
    assert seeing.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_each_status_is_a_word_whatever_the_colours(tab: Any) -> None:
    tab.emulate_media(forced_colors="active")
    told = [each.strip() for each in tab.locator(".status").all_inner_texts()]
    words = {text.split(maxsplit=1)[1] for text in told if text}
    assert {"appliqué", "transmis", "refusé", "en attente", "ouvert", "autorisé"} <= words
    icons = tab.locator(".status .icon")
    assert {icons.nth(at).get_attribute("aria-hidden") for at in range(icons.count())} == {"true"}


def test_a_screen_reader_meets_tables_with_headers_at_any_width(seeing: Any) -> None:
    for width in (1100, 320):
        seeing.set_viewport_size({"width": width, "height": 800})
        told = seeing.locator("main").aria_snapshot()
        assert 'table "Ce que Mon ENT (fictif) a répondu"' in told
        assert 'rowheader "2 membres"' in told
        assert 'columnheader "Réponse"' in told


def test_the_page_asks_nothing_of_any_other_site(seeing: Any, address: str) -> None:
    asked: list[str] = []
    seeing.on("request", lambda request: asked.append(request.url))
    seeing.reload()
    assert asked
    assert all(url.startswith(address) for url in asked)


def test_without_its_cookie_the_page_explains_what_to_do(chromium: Any, tab: Any) -> None:
    context = chromium.new_context()
    page = context.new_page()
    answer = page.goto(tab.url)
    assert answer.status == 401
    assert page.get_by_role("heading", name="Cette page est réservée").is_visible()
    context.close()
