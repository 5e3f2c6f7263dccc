"""The pages, by their path from the root, as the tests of the documentation read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHELVES = ("docs", "connectors")


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def pages() -> Mapping[str, str]:
    """`docs/en/events.md` → its text, for every page that people are given to read."""
    files = [*ROOT.glob("*.md"), *(ROOT / "streams").glob("*.md")]
    files += [file for shelf in SHELVES for file in (ROOT / shelf).rglob("*.md")]
    return {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in sorted(files)}


@pytest.fixture(scope="session")
def everything(pages: Mapping[str, str]) -> str:
    """Every page, one after the other: for names that must stand somewhere."""
    return "\n".join(pages.values())
