"""The benchmark stands beside the package and is not installed: it is found from the checkout."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Puts the checkout on the path before any test of this folder is read."""
    sys.path.insert(0, str(ROOT))
