"""A state takes over from the one before what is, byte for byte, what it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from preau.store.snapshots import Mark, Snapshot

PUPIL = Mark("Eleve", "7", b"bytes", b"words", "0110001A", "person 7\nenrolment 7", "")


@contextmanager
def two_states(folder: Path, *marks: Mark) -> Iterator[tuple[Snapshot, Snapshot]]:
    """The state before, which holds these marks, and an empty one that follows it."""
    with Snapshot(folder / "before.db") as filled:
        for mark in marks:
            filled.add(mark)
    with (
        Snapshot(folder / "before.db") as before,
        Snapshot(folder / "after.db", last=folder / "before.db") as after,
    ):
        yield before, after


def test_an_object_that_is_what_it_was_keeps_its_whole_mark(tmp_path: Path) -> None:
    with two_states(tmp_path, PUPIL) as (before, after):
        assert after.keep("Eleve", "7", b"bytes")
        assert after.find("Eleve", "7") == before.find("Eleve", "7") == PUPIL


@pytest.mark.parametrize(
    ("category", "id_", "raw"),
    [("Eleve", "7", b"other"), ("Eleve", "8", b"bytes"), ("PersEducNat", "7", b"bytes")],
)
def test_what_is_not_the_same_is_not_taken_over(
    tmp_path: Path, category: str, id_: str, raw: bytes
) -> None:
    with two_states(tmp_path, PUPIL) as (_, after):
        assert not after.keep(category, id_, raw)
        assert after.find(category, id_) is None


def test_an_object_that_was_no_more_is_not_taken_over(tmp_path: Path) -> None:
    with two_states(tmp_path, PUPIL._replace(said=b"")) as (_, after):
        assert not after.keep("Eleve", "7", b"bytes")


def test_an_object_that_has_a_mark_keeps_it(tmp_path: Path) -> None:
    changed = PUPIL._replace(raw=b"new", said=b"new")
    with two_states(tmp_path, PUPIL) as (_, after):
        assert after.add(changed)
        assert not after.keep("Eleve", "7", b"bytes")
        assert after.find("Eleve", "7") == changed


def test_the_state_before_stays_as_it_was_and_says_what_is_gone(tmp_path: Path) -> None:
    with two_states(tmp_path, PUPIL, PUPIL._replace(id="8")) as (before, after):
        after.keep("Eleve", "7", b"bytes")
        assert before.find("Eleve", "7") == PUPIL
    with Snapshot(tmp_path / "before.db") as before:
        assert [mark.id for mark in before.gone(tmp_path / "after.db")] == ["8"]
