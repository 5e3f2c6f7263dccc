"""The demo's folder: new each time, its own, and never somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.app.hub_lock import only_hub
from preau.demo.folder import MARK, fresh_folder
from preau.errors import Stop


def test_it_is_made_anew_and_stays_to_be_looked_at(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with fresh_folder(data) as folder:
        (folder / "left").mkdir()
        (folder / "left" / "over").touch()
    assert (data / "demo" / "left" / "over").exists()
    with fresh_folder(data) as folder:
        assert [each.name for each in folder.iterdir()] == [MARK]


def test_what_lies_beside_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "preau.db").write_bytes(b"the operator's own hub")
    with fresh_folder(tmp_path), fresh_folder(tmp_path / "other"):
        pass
    assert (tmp_path / "preau.db").read_bytes() == b"the operator's own hub"


def test_a_second_demo_at_the_same_time_is_refused(tmp_path: Path) -> None:
    with (
        fresh_folder(tmp_path),
        pytest.raises(Stop, match="DEMO_RUNNING"),
        fresh_folder(tmp_path),
    ):
        pass
    with fresh_folder(tmp_path):
        pass  # the first has ended


def test_a_folder_that_the_demo_did_not_make_is_never_emptied(tmp_path: Path) -> None:
    mine = tmp_path / "demo" / "thesis.odt"
    mine.parent.mkdir()
    mine.write_bytes(b"years of work")
    with pytest.raises(Stop, match="DEMO_FOLDER"), fresh_folder(tmp_path):
        pass
    assert mine.read_bytes() == b"years of work"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    with fresh_folder(tmp_path) as folder:
        assert (folder / MARK).exists()


def test_a_hub_that_runs_there_is_not_disturbed(tmp_path: Path) -> None:
    with fresh_folder(tmp_path) as folder:
        pass
    with (
        only_hub(folder),
        pytest.raises(Stop, match="HUB_RUNNING"),
        fresh_folder(tmp_path),
    ):
        pass
    assert (folder / MARK).exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Stop, match="DATA_DENIED"), fresh_folder(tmp_path / "file"):
        pass
