"""`preau sandbox territory` writes where it may, and says what it wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Preau = Callable[..., Any]


def test_a_territory_is_written_and_told(preau: Preau, tmp_path: Path) -> None:
    folder = tmp_path / "territory"
    done = preau("sandbox", "territory", str(folder), "--pupils", "120", "--seed", "3")
    assert done.exit_code == 0, done.output
    assert "records in" in done.output
    assert sorted(each.name for each in folder.iterdir()) == [
        *("answers.jsonl", "apres", "avant", "counts.json"),
    ]


def test_a_folder_that_holds_something_is_left_alone(preau: Preau, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text("mine")
    done = preau("sandbox", "territory", str(tmp_path))
    assert done.exit_code == 2
    assert "not empty" in done.output
    assert [each.name for each in tmp_path.iterdir()] == ["kept.txt"]


def test_an_academie_that_is_not_known_is_refused(preau: Preau, tmp_path: Path) -> None:
    done = preau("sandbox", "territory", str(tmp_path / "new"), "--academy", "99")
    assert done.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_too_few_pupils_make_no_territory(preau: Preau, tmp_path: Path) -> None:
    assert preau("sandbox", "territory", str(tmp_path / "new"), "--pupils", "9").exit_code == 2
