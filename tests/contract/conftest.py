"""A connector folder of our own, whole, in a temporary place, to plant defects in."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.contract.scaffold import create


@pytest.fixture
def whole_folder(tmp_path: Path) -> Path:
    """The folder that `preau new essai` makes, with a list of invented people beside it."""
    (tmp_path / "invented-people.txt").write_text("BELAVAL Timéo\n", encoding="utf-8")
    return create(tmp_path, "essai", "first")
