"""The pytest side of the contract: one test per promise kept, one failing test per defect.

A test asks for it with three lines, here or in a plugin's own repository:

    @pytest.mark.connector_folders(judge=judge)
    def test_connector(verdict):
        verdict.hold()

The judge is `preau.kit.judge.judge`, or that of `preau.contract.promises` for the promises alone.
This module is loaded by every pytest run on a machine that has Préau, so it imports pytest and the
shelf only; the judge, which needs YAML and Avro, comes in the marker's hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from preau.shelf import connectors

MARKER = "connector_folders"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--connectors PATH`, for folders that live elsewhere; may be repeated."""
    parser.getgroup("preau").addoption(
        "--connectors",
        action="append",
        default=[],
        metavar="PATH",
        help="a folder that holds connector folders (default: the ones of Préau)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declares the marker, so that strict markers know it."""
    config.addinivalue_line(
        "markers", f"{MARKER}(judge=…): one test per promise of every connector folder"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Gives the argument `verdict` of a marked test each verdict of the marker's judge."""
    marker = metafunc.definition.get_closest_marker(MARKER)
    if marker is None:
        return
    judge = marker.kwargs["judge"]  # by name: pytest takes a lone function for the test itself
    verdicts = [v for folder in folders(metafunc.config) for v in judge(folder)]
    metafunc.parametrize("verdict", verdicts, ids=[str(verdict) for verdict in verdicts])


def folders(config: pytest.Config) -> Sequence[Path]:
    """Every folder under the shelves asked for, in order of their names."""
    shelves = [Path(p) for p in config.getoption("--connectors")] or [connectors()]
    return [f for s in shelves for f in sorted(s.iterdir()) if f.is_dir() and f.name[0] not in "._"]
