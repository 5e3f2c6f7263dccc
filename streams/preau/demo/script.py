"""A story as it is written, before anybody plays it: who is in it, and what happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from preau.demo.cast import Cast
from preau.demo.playbill import Heading
from preau.demo.story import Story


class Act(NamedTuple):
    """How a step of the story is played."""

    heading: Heading
    play: Callable[[Story], None]


class Script(NamedTuple):
    """`start` heads the first step, in which hub and ENTs start; `ents` says in French which."""

    cast: Cast
    start: Heading
    ents: str
    acts: Sequence[Act]
