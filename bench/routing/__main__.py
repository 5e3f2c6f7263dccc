"""Whether an event costs the same among 2,000 projects as among two, in a territory of 155,000."""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench.routing.territory import SEED, Territory, deliveries

FEW = 2


def main() -> None:
    """Fills two databases, then routes the same kinds of events in both, in turns."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=155_000)
    asked.add_argument("--projects", type=int, default=2_000)
    asked.add_argument("--events", type=int, default=200, help="in each round")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--batch", type=int, default=1, help="events that the step takes at once")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as room:
        files = [f"sqlite:///{Path(room) / name}.db" for name in ("few", "many")]
        with (
            closing(_filled(files[0], said.people, FEW)) as few,
            closing(_filled(files[1], said.people, said.projects)) as many,
        ):
            chance = random.Random(SEED)
            measured = [
                [_round(each, said.events, said.batch, chance) for each in (few, many)]
                for _ in range(said.rounds)
            ]
    ratios = [many / few for few, many in measured]
    few_us, many_us = (statistics.median(column) * 1e6 for column in zip(*measured, strict=True))
    print(f"{FEW} projects: {few_us:,.0f} µs an event; {said.projects}: {many_us:,.0f} µs")
    print(
        f"many / few: {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}),"
        f" {said.rounds} rounds of {said.events}"
    )


def _filled(database: str, people: int, count: int) -> Territory:
    began = time.perf_counter()
    made = Territory(database, people, count)
    filled = time.perf_counter()
    made.open()
    ended = time.perf_counter()
    print(
        f"{people:,} people, {count:,} projects: filled in {filled - began:.1f} s,"
        f" opened in {ended - filled:.1f} s"
    )
    return made


def _round(territory: Territory, count: int, batch: int, chance: random.Random) -> float:
    """Seconds an event; every event leads to a delivery, or the round measures nothing."""
    events = list(territory.events(count, chance))
    began, told = time.perf_counter(), 0
    for start in range(0, len(events), batch):
        told += deliveries(territory.step.handle(events[start : start + batch]))
        territory.step.acknowledged()
    seconds = time.perf_counter() - began
    if told < count // 2:
        raise AssertionError(f"{told} deliveries after {count} events")
    return seconds / count


if __name__ == "__main__":
    main()
