"""Waiting for a condition of the story, never for a time; words say what is still missing."""

from __future__ import annotations

import time
from collections.abc import Callable

TICK_S = 0.05
Missing = Callable[[], str]
"""What is still missing, in French words; empty when nothing is."""


class StoryBroken(Exception):
    """The story does not hold; the words say what was expected and what is there."""


def until(missing: Missing, seconds: float, tell: Callable[[str], None]) -> None:
    """Returns when nothing is missing; raises `StoryBroken` with the last words after a while.

    `tell` hears the words each time they change. `missing` may raise `StoryBroken` itself when
    there is no hope left.
    """
    limit, told = time.monotonic() + seconds, ""
    while words := missing():
        if words != told:
            tell(words)
            told = words
        if time.monotonic() > limit:
            raise StoryBroken(f"après {seconds:.0f} s d'attente, {words}")
        time.sleep(TICK_S)


def missing_of(what: str, found: int, wanted: int) -> str:
    """`12 comptes sur 20`, or nothing when all are there."""
    return "" if found >= wanted else f"{found} {what} sur {wanted}"
