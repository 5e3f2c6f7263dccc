"""The file of last words: what is new takes the place of the old, what is no more goes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from preau.store.last_values import Row, ValueReader, ValueWriter, merge


def written(file: Path, *rows: Row) -> Path:
    with closing(ValueWriter(file)) as writer:
        writer.put(rows)
    return file


def found(file: Path, id_: str) -> bytes | None:
    with closing(ValueReader(file)) as reader:
        return reader.find("Eleve", id_)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return written(tmp_path / "values.db", ("Eleve", "1", b"one"), ("Eleve", "2", b"two"))


def test_a_file_that_is_not_there_holds_nothing_and_is_not_made(tmp_path: Path) -> None:
    assert found(tmp_path / "values.db", "1") is None
    assert not (tmp_path / "values.db").exists()


def test_what_is_said_anew_replaces_what_was_and_the_rest_stays(kept: Path, tmp_path: Path) -> None:
    fresh = written(tmp_path / "fresh.db", ("Eleve", "1", b"uno"), ("Eleve", "3", b"tre"))
    merge(kept, fresh)
    merge(kept, fresh)  # a killed import is settled again
    assert [found(kept, id_) for id_ in "123"] == [b"uno", b"two", b"tre"]


def test_who_is_no_more_leaves_no_byte(kept: Path, tmp_path: Path) -> None:
    merge(kept, written(tmp_path / "fresh.db", ("Eleve", "1", None), ("Eleve", "9", None)))
    assert [found(kept, id_) for id_ in "129"] == [None, b"two", None]
    assert b"one" not in kept.read_bytes()


def test_a_file_is_made_when_there_is_none(tmp_path: Path) -> None:
    fresh = written(tmp_path / "fresh.db", ("Eleve", "1", b"one"), ("Eleve", "2", None))
    merge(tmp_path / "values.db", fresh)
    assert [found(tmp_path / "values.db", id_) for id_ in "12"] == [b"one", None]
