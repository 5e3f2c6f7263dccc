"""Which process is killed in each round, and when: all of it follows from the seed."""

from __future__ import annotations

import random
from typing import Literal, NamedTuple

from preau.demo.limoux.town import BENEYLU, EDIFICE
from tests.databases import POSTGRESQL, SQLITE

KAFKA = "kafka"
VICTIMS = ("web", "files", "normalise-0", "projects", "deliver", KAFKA, BENEYLU, EDIFICE)
"""The hub's processes by the supervisor's names (identity and receipts live in `projects`)."""
Gauge = Literal["accepted", "delivered"]
_GAUGES: dict[str, tuple[Gauge, ...]] = {
    "web": ("accepted",),
    "files": ("accepted",),
    "normalise-0": ("accepted",),
    "deliver": ("delivered",),
}
_EITHER: tuple[Gauge, ...] = ("accepted", "delivered")
_SPAN: dict[Gauge, tuple[int, int]] = {"accepted": (20, 1_700), "delivered": (1, 250)}


class Round(NamedTuple):
    """`victim` is killed once the round has `after` more events accepted, or deliveries done."""

    number: int
    victim: str
    gauge: Gauge
    after: int

    @property
    def by_file(self) -> bool:
        """Whether the courier drops files in this round instead of posting batches."""
        return self.victim == "files"


def rounds(seed: int, count: int, kind: str = SQLITE) -> list[Round]:
    """The plan; every victim comes once before any comes again, PostgreSQL before every two."""
    chance = random.Random(f"plan {seed}")
    order: list[str] = []
    while len(order) < count:
        drawn = chance.sample(VICTIMS, len(VICTIMS))
        for at in range(0, len(drawn), 2):
            order += [kind] * (kind == POSTGRESQL) + drawn[at : at + 2]
    return [_round(seed, number, order[number]) for number in range(count)]


def acts_of(seed: int, number: int) -> random.Random:
    """The chance from which the events of one round are drawn."""
    return random.Random(f"acts {seed} {number}")


def _round(seed: int, number: int, victim: str) -> Round:
    chance = random.Random(f"round {seed} {number}")
    gauge = chance.choice(_GAUGES.get(victim, _EITHER))
    return Round(number, victim, gauge, chance.randint(*_SPAN[gauge]))
