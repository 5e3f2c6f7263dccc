"""Identity over an invented September: certain links found, wrong ones, probable ones, speed."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.identity.answers import INSTANCES, Found, Likely, certain, likely, read_truth
from bench.identity.hub import Hub

from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory

CONNECTORS = {"aaf-1d": "aaf-1d", "aaf-2d": "aaf"}
JUNE = (("avant", "aaf-1d"), ("avant", "aaf-2d"))
SEPTEMBER = {
    "colleges": (("apres", "aaf-2d"), ("apres", "aaf-1d")),
    "ecoles": (("apres", "aaf-1d"), ("apres", "aaf-2d")),
}
"""Whose September comes first: whoever is withdrawn is not listed as probable any longer."""
LOOK_AFTER = ("apres", "aaf-2d")


def main() -> None:
    """Writes a territory, imports its two years, prints the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pupils", type=int, default=5_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--flaws", type=float, default=0.01)
    asked.add_argument("--first", choices=[*SEPTEMBER], default="colleges")
    said = asked.parse_args()
    with tempfile.TemporaryDirectory() as room:
        territory = Path(room) / "territory"
        territory.mkdir()
        plan = Plan(said.pupils, said.seed, territory, said.flaws, schools_files="none")
        write_territory(plan)
        print(measure(Path(room), territory, said.first).told())


class Figures(NamedTuple):
    """What a territory gave: persons and seconds of each set, and both lists against the truth."""

    sets: tuple[tuple[str, int, float], ...]
    certain: Found
    likely: Likely

    def told(self) -> str:
        """As lines of text."""
        lines = [
            f"{name}: {persons:,} persons, {persons / seconds:,.0f} per second"
            for name, persons, seconds in self.sets
        ]
        found, may_be = self.certain, self.likely
        lines.append(f"certain: {found.found} of {found.links} links, {found.wrong} wrong")
        lines.append(
            f"probable: {may_be.listed} listed, {may_be.right} right, {may_be.there} in the files;"
            f" precision {may_be.precision:.3f}, recall {may_be.recall:.3f}"
        )
        return "\n".join(lines)


def measure(room: Path, territory: Path, first: str = "colleges") -> Figures:
    """The figures of one territory; pairs are listed once the collège's September is in."""
    hub, truth = Hub(room), read_truth(territory / "answers.jsonl")
    sets: list[tuple[str, int, float]] = []
    may_be = Likely(0, 0, 0, 0)
    for year, form in (*JUNE, *SEPTEMBER[first]):
        persons, seconds = hub.persons, hub.seconds
        hub.imported(INSTANCES[form], CONNECTORS[form], territory / year / form)
        sets.append((f"{year} {form}", hub.persons - persons, hub.seconds - seconds))
        if (year, form) == LOOK_AFTER:
            with hub.engine.connect() as connection:
                may_be = likely(connection, truth)
    with hub.engine.connect() as connection:
        found = certain(connection, truth)
    hub.engine.dispose()
    return Figures(tuple(sets), found, may_be)


if __name__ == "__main__":
    main()
