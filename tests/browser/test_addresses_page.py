"""The page of a project's addresses in a real Chromium: made and revoked by keyboard, any width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import PROJECT
from tests.browser.sight import judge, shape

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Any, tab: Any, address: str) -> Iterator[Any]:
    """The page in a tab where the checks may run their own scripts."""
    context = chromium.new_context(storage_state=tab.context.storage_state(), locale="fr-FR")
    seen = context.new_page()
    seen.goto(f"{address}/projets/{PROJECT}/adresses")
    yield seen
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 320])
def test_axe_finds_nothing_before_and_after(page: Any, scheme: str, width: int) -> None:
    shape(page, scheme, width)
    assert judge(page).violations_count == 0
    page.get_by_role("button", name="Établir une adresse").first.click()
    page.get_by_role("heading", name="La nouvelle adresse").wait_for()
    shape(page, scheme, width)
    found = judge(page)
    assert found.violations_count == 0, found.generate_report()
    wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    assert not wide


def test_an_address_is_made_and_revoked_by_keyboard_alone(page: Any) -> None:
    page.get_by_role("button", name="Établir une adresse").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("elle n'est montrée qu'une fois").wait_for()
    page.get_by_role("button", name="Révoquer l'adresse").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => !document.querySelector('[name=adresse]')")
    assert page.url.endswith("/adresses")
