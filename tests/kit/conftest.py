"""Folders that ship, copied to a place where defects may be planted in them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from preau import shelf
from preau.catalogue.catalogue import Connector
from preau.contract.evidence import Evidence
from preau.kit.ground import Ground
from preau.kit.paper_outlet import read_product
from preau.kit.receiving import Receiving
from preau.kit.speaking import Speaking

PUSHED, FILED = "edifice", "netecole"
"""A product that is called, and one that takes files; both speak."""


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Path]:
    """A copy of a folder that ships, with the invented people beside it."""

    def copy(name: str) -> Path:
        people = shelf.connectors() / "invented-people.txt"
        shutil.copy(people, tmp_path / people.name)
        return Path(shutil.copytree(shelf.connectors() / name, tmp_path / name))

    return copy


@pytest.fixture
def speaking(tmp_path: Path) -> Speaking:
    """The scene of what arrives from a product that shares everything it can."""
    return Speaking(*_opened(FILED, tmp_path))


@pytest.fixture
def receiving(tmp_path: Path) -> Receiving:
    """The scene of what is delivered to a product that is called."""
    ground, connector = _opened(PUSHED, tmp_path)
    return Receiving(ground, connector, read_product(connector))


def _opened(name: str, place: Path) -> tuple[Ground, Connector]:
    evidence = Evidence(shelf.connectors() / name)
    assert evidence.connector is not None
    return Ground(evidence, place), evidence.connector
