"""Waiting ends when nothing is missing, or with the words of what is."""

from __future__ import annotations

import pytest

from preau.demo.waiting import StoryBroken, missing_of, until


def test_it_ends_when_nothing_is_missing_and_tells_each_change_once() -> None:
    words = iter(["1 sur 3", "1 sur 3", "2 sur 3", ""])
    told: list[str] = []
    until(lambda: next(words), 30, told.append)
    assert told == ["1 sur 3", "2 sur 3"]


def test_it_breaks_the_story_with_the_last_words() -> None:
    with pytest.raises(StoryBroken, match=r"après 0 s d'attente, 2 comptes sur 3"):
        until(lambda: missing_of("comptes", 2, 3), 0, lambda _words: None)


def test_what_is_hopeless_is_not_waited_for() -> None:
    def refused() -> str:
        raise StoryBroken("un refus")

    with pytest.raises(StoryBroken, match="un refus"):
        until(refused, 3600, lambda _words: None)


def test_nothing_is_missing_when_all_are_there_or_more() -> None:
    assert [missing_of("comptes", found, 3) for found in (3, 4)] == ["", ""]
