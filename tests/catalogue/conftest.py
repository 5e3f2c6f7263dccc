"""A card's plain values, and a folder that opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from preau.contract.scaffold import create


@pytest.fixture
def card() -> dict[str, Any]:
    """The least that a card must say."""
    return {
        "product": "essai",
        "title": "Essai",
        "degree": "first",
        "reader": "json",
        "event": "event",
        "authority": "ENT",
        "tier": "seen",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that `preau new essai` makes, alone on its shelf."""
    return create(tmp_path / "shelf", "essai", "both")
