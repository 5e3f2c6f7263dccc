"""From CM2 to 6e over an invented September: rights kept, rights too many, rights missing."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.transition.answers import Asked, projects_of, read_answers
from bench.transition.land import FIRST, SECOND, Land

from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory

SETS = ((FIRST, "aaf-1d", "aaf-1d"), (SECOND, "aaf", "aaf-2d"))
"""Instance, connector, folder of the files."""


def main() -> None:
    """Writes a territory, imports its two years, prints the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pupils", type=int, default=5_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--flaws", type=float, default=0.01)
    asked.add_argument("--first", choices=["colleges", "ecoles"], default="colleges")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as room:
        territory = Path(room) / "territory"
        territory.mkdir()
        plan = Plan(said.pupils, said.seed, territory, said.flaws, schools_files="none")
        write_territory(plan)
        print(measure(Path(room), territory, said.first).told())


class Figures(NamedTuple):
    """Of all projects together: pupils who went on to their collège, rights, and what is wrong.

    `stale` are members whom an école's ENT has though they are in another school now.
    """

    pupils: int
    projects: int
    continuing: int
    confirmed: int
    kept: int
    too_many: int
    missing: int
    stale: int
    seconds: float

    def told(self) -> str:
        """As lines of text."""
        return (
            f"{self.pupils:,} pupils, {self.projects} projects, {self.continuing:,} of their pupils"
            f" in their collège; {self.confirmed} probable links confirmed\n"
            f"rights kept {self.kept:,}, too many {self.too_many}, missing {self.missing};"
            f" left behind in an école's ENT {self.stale}; {self.seconds:.1f} s"
        )


def measure(room: Path, territory: Path, first: str = "colleges") -> Figures:
    """The figures of one territory; `first` is whose September is imported first."""
    began = time.perf_counter()
    hub, answers = Land(room), read_answers(territory / "answers.jsonl")
    hub.at("2025-09-20")
    _bring(hub, territory / "avant", SETS)
    asked = dict(enumerate(projects_of(answers, hub.schools())))
    for number, each in asked.items():
        hub.open(number, each)
    hub.at("2025-10-10")
    for number, each in asked.items():
        hub.change(number, each)
    hub.at("2026-09-20")
    confirmed: set[str] = set()
    for part in SETS[::-1] if first == "colleges" else SETS:
        _bring(hub, territory / "apres", [part])
        confirmed |= hub.confirm_half()
    hub.at("2026-10-05")
    found = {number: hub.members(number, SECOND) for number in asked}
    wanted = {number: answers.keep(each, confirmed) for number, each in asked.items()}
    stale = sum(
        len(hub.members(number, FIRST) - _may_stay(each, {e: answers.at(e) for e in each.ecoles}))
        for number, each in asked.items()
    )
    hub.engine.dispose()
    return Figures(
        len(answers.ways),
        len(asked),
        sum(len(answers.continuing(each)) for each in asked.values()),
        len(confirmed),
        sum(len(wanted[number] & found[number]) for number in asked),
        sum(len(found[number] - wanted[number]) for number in asked),
        sum(len(wanted[number] - found[number]) for number in asked),
        stale,
        time.perf_counter() - began,
    )


def _bring(hub: Land, year: Path, sets: Sequence[tuple[str, str, str]]) -> None:
    for instance, connector, folder in sets:
        hub.imported(instance, connector, year / folder)


def _may_stay(asked: Asked, there: dict[str, set[str]]) -> set[str]:
    """Who may still be a member in the ENT of the écoles: their pupils, while they take part."""
    if asked.state in ("left", "withdrawn", "ended"):
        return set()
    return set().union(*there.values())


if __name__ == "__main__":
    main()
