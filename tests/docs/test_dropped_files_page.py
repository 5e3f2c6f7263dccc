"""`docs/en/dropped-files.md` says what `inlet/files.yaml` may hold, and the limits of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from preau.catalogue.dropped import DROPPED_KEYS, FORMS
from preau.readers import csv_rows

PAGE = "docs/en/dropped-files.md"
EXAMPLE = "connectors/netecole/inlet/files.yaml"


@pytest.fixture(scope="module")
def page(pages: Mapping[str, str]) -> str:
    return pages[PAGE]


def test_every_key_is_there_and_no_other(page: str) -> None:
    table = page.partition("\n## Keys of a file\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(DROPPED_KEYS)
    [forms] = re.findall(r"^\| `form` \| \| (.*) \|$", table, re.MULTILINE)
    assert all(f"`{form}`" in forms for form in FORMS)


def test_the_example_is_the_connectors_own(page: str, root: Path) -> None:
    [block] = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert block == (root / EXAMPLE).read_text("utf-8")
    assert f"`{EXAMPLE}`" in page


@pytest.mark.parametrize(
    ("words", "real"),
    [
        ("16 MiB", csv_rows.MAX_FILE == 16 * 1024**2),
        ("20,000 rows", csv_rows.MAX_ROWS == 20_000),
        ("500 values", csv_rows.MAX_COLUMNS == 500),
        ("65,536 bytes a line", csv_rows.MAX_LINE == 65_536),
    ],
)
def test_a_number_is_that_of_the_code(page: str, words: str, *, real: bool) -> None:
    assert words in " ".join(page.split())
    assert real
