"""Chance that can be played again: the same seed and words give the same throws."""

from __future__ import annotations

import random

Dice = random.Random


def dice(*words: object) -> Dice:
    """The dice of one place of one territory; words are its seed and names."""
    return Dice("/".join(map(str, words)))


def happens(throw: Dice, share: float) -> bool:
    """Whether it happens this time: in that share (0 to 1) of all times."""
    return throw.random() < share
