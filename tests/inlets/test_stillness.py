"""Whether a copy has ended is seen from outside: by sizes, counts and times."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from preau.inlets import stillness
from preau.inlets.stillness import shape


@pytest.fixture
def lot(tmp_path: Path) -> Path:
    (tmp_path / "lot" / "inside").mkdir(parents=True)
    (tmp_path / "lot" / "inside" / "a.xml").write_text("abc")
    return tmp_path / "lot"


def test_a_folder_that_nobody_touches_stays_the_same(lot: Path) -> None:
    assert shape(lot) == shape(lot)


def test_whatever_is_written_in_it_is_seen(lot: Path) -> None:
    seen = {shape(lot)}
    (lot / "inside" / "b.xml").write_text("")
    seen.add(shape(lot))
    (lot / "inside" / "b.xml").write_text("x")
    seen.add(shape(lot))
    os.utime(lot / "inside" / "b.xml", (2_000_000_000, 2_000_000_000))
    seen.add(shape(lot))
    (lot / "inside" / "b.xml").unlink()
    seen.add(shape(lot))
    assert len(seen) == 5


def test_links_are_not_followed(lot: Path, tmp_path: Path) -> None:
    (lot / "round").symlink_to(lot)
    (lot / "out").symlink_to(tmp_path)
    assert shape(lot) == shape(lot)


def test_a_folder_without_end_is_not_walked_to_it(
    lot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        (lot / f"{number}").write_text("x")
    monkeypatch.setattr(stillness, "MOST", 10)
    assert shape(lot)[0] < 50


def test_what_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        shape(tmp_path / "gone")
