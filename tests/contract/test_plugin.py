"""The pytest plugin in somebody else's repository: three lines, and pytest alone until they run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

THREE_LINES = """\
import pytest

from preau.contract.promises import judge


@pytest.mark.connector_folders(judge=judge)
def test_connector(verdict):
    verdict.hold()
"""


def run(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)


def test_three_lines_check_every_folder_of_a_shelf(whole_folder: Path, tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_ours.py").write_text(THREE_LINES, encoding="utf-8")
    (whole_folder / "expected" / "classe.creee.json").unlink()
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    whole_folder.rename(shelf / "essai")

    done = run(tests, "--connectors", str(shelf))

    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert "test_connector[essai: sample classe.creee has an expected file]" in done.stdout


def test_the_plugin_loads_nothing_heavy_when_nobody_asks() -> None:
    probe = (
        "import sys, preau.contract.plugin as _;"
        "print([m for m in ('yaml', 'fastavro', 'orjson', 'preau.mapping') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
