"""How long a territory's state takes to be filled again from Kafka, and whether it is equal."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from bench.rebuild.hub import Hub, Ledger
from bench.rebuild.ledger import KafkaLedger
from bench.rebuild.state import Table, state

from preau.broker.node import TEST, EmbeddedNode


def main() -> None:
    """A Kafka and a database of its own, a life, a rebuild; ends with 1 when they are not equal."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=155_000)
    asked.add_argument("--projects", type=int, default=2_000)
    said = asked.parse_args()
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        node = stack.enter_context(EmbeddedNode(room / "kafka", TEST))
        ledger = stack.enter_context(closing(KafkaLedger(node.bootstrap)))
        found = measure(f"sqlite:///{room}/preau.db", ledger, said.people, said.projects)
        print(f"{ledger.count:,} records in Kafka")
    print(found.told())
    sys.exit(0 if found.equal else 1)


class Part(NamedTuple):
    """One part of a rebuild."""

    what: str
    records: int
    seconds: float


class Figures(NamedTuple):
    """Seconds of the life and of the rebuild, part by part; the state before and after it.

    `owed` is how many records the hub would write at its next start: none, if nothing is missing.
    """

    live_s: float
    parts: tuple[Part, ...]
    rebuild_s: float
    before: dict[str, Table]
    after: dict[str, Table]
    owed: int

    @property
    def equal(self) -> bool:
        """Whether every row is what it was, and nothing is owed."""
        return self.before == self.after and not self.owed

    def told(self) -> str:
        """As lines of text."""
        lines = [
            f"{each.what}: {each.records:,} records, {each.seconds:.1f} s" for each in self.parts
        ]
        rows = sum(each.rows for each in self.before.values())
        lines.append(
            f"lived in {self.live_s:.1f} s; rebuilt in {self.rebuild_s:.1f} s: {rows:,} rows"
        )
        odd = [name for name, table in self.before.items() if self.after[name] != table]
        lines.append(f"not equal: {', '.join(odd)}" if odd else "equal to before, row for row")
        return "\n".join([*lines, f"owed at the next start: {self.owed}"])


def measure(database: str, ledger: Ledger, people: int, projects: int) -> Figures:
    """Lives, rebuilds, compares."""
    began = time.perf_counter()
    with closing(Hub(database, ledger, people, projects)) as hub:
        hub.live()
        lived = time.perf_counter() - began
        before = state(hub.engine)
        parts: list[Part] = []
        began = last = time.perf_counter()

        def told(what: str, records: int) -> None:
            nonlocal last
            now = time.perf_counter()
            parts.append(Part(what, records, now - last))
            last = now

        hub.rebuild(told)
        seconds = time.perf_counter() - began
        return Figures(lived, tuple(parts), seconds, before, state(hub.engine), hub.owes())


if __name__ == "__main__":
    main()
