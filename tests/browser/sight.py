"""How the tests look at a page: judged by axe, walked by keyboard, opened from a disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "RGAAv4", "best-practice"]
FOCUSED = "() => (document.activeElement.textContent || '').trim()"


def shape(page: Any, scheme: str, width: int) -> None:
    """Light or dark, and so many pixels wide."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})


def judge(page: Any) -> Any:
    """What axe finds wrong with the page as it is now."""
    return Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})


def walk(page: Any, count: int) -> list[str]:
    """What has the focus after each of so many tabs."""
    walked = []
    for _ in range(count):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
    return walked


@contextmanager
def on_disk(chromium: Any, file: Path, html: str) -> Iterator[Any]:
    """A page written as a file and opened in a tab where the checks may run their own scripts."""
    file.write_text(html, encoding="utf-8")
    context = chromium.new_context(locale="fr-FR", bypass_csp=True)
    tab = context.new_page()
    tab.goto(file.as_uri())
    yield tab
    context.close()
