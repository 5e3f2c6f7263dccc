"""`docs/en/inlets.md` says what an inlet's file may hold, and the limits of what is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from preau.agents import asker
from preau.catalogue import inlet
from preau.inlets import asked, http

PAGE = "docs/en/inlets.md"
EXAMPLE = "connectors/edifice/inlet/event-store.yaml"


@pytest.fixture(scope="module")
def page(pages: Mapping[str, str]) -> str:
    return pages[PAGE]


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("Keys of the file", inlet.INLET_KEYS),
        ("Keys of a cursor", inlet.CURSOR_KEYS),
        ("Keys of more", inlet.MORE_KEYS),
    ],
)
def test_every_key_is_there_and_no_other(page: str, title: str, known: tuple[str, ...]) -> None:
    table = page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(known)


def test_the_example_is_the_connectors_own(page: str, root: Path) -> None:
    [block] = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert block == (root / EXAMPLE).read_text("utf-8")
    assert f"`{EXAMPLE}`" in page


@pytest.mark.parametrize(
    ("words", "real"),
    [
        ("at most 16 MiB", asker.MAX_ANSWER == 16 * 1024**2),
        ("within 60 seconds", asker.CALL_S == 60),
        ("at most 256 KiB", http.MAX_EVENT == 256 * 1024),
        ("digest (1,000 of them)", asked.MOST_SEEN == 1_000),
        ("1,000 printable ASCII", asked.LONGEST_CURSOR == 1_000),
        ("300 if left out, 86,400 at most", (inlet.EVERY_S, inlet._MOST_EVERY) == (300, 86_400)),
        ("30 if left out, 600 at most", (inlet.PER_MINUTE, inlet._MOST_CALLS) == (30, 600)),
    ],
)
def test_a_number_is_that_of_the_code(page: str, words: str, *, real: bool) -> None:
    assert words in " ".join(page.split())
    assert real
