"""What runs gave, as two tables: medians, and ratios taken inside each round."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

RATIOS = (  # name, of, to, target
    ("ours / plain", "ours", "plain", 2.0),
    ("ours / faust", "ours", "faust", 15.0),
    ("service / ours", "service", "ours", 0.9),
    ("two / ours", "two", "ours", 1.2),
    ("ours / held", "ours", "held", None),
    ("ours / copy", "ours", "copy", None),
)
Results = Mapping[str, Sequence["Result"]]


class Result(NamedTuple):
    """One run: events per wall second, CPU microseconds per event, peak memory in MB.

    `others` is the part of the machine (0 to 1) that other programs had meanwhile.
    """

    rate: float
    cpu_us: float
    rss_mb: int
    others: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f} events/s, {self.cpu_us:.1f} µs, others {self.others:.0%}"


def show(results: Results) -> None:
    """The two tables, on stdout."""
    out = Console()
    out.print(_medians(results))
    out.print(_ratios(results))


def _medians(results: Results) -> Table:
    columns = "runner", "events/s", "min-max", "CPU µs/event", "peak MB", "others"
    table = Table(*columns, title="Medians")
    for name, runs in results.items():
        rates = [run.rate for run in runs]
        table.add_row(
            name,
            f"{statistics.median(rates):,.0f}",
            f"{min(rates):,.0f}-{max(rates):,.0f}",
            f"{statistics.median(run.cpu_us for run in runs):.2f}",
            str(max(run.rss_mb for run in runs)),
            f"{statistics.median(run.others for run in runs):.0%}",
        )
    return table


def _ratios(results: Results) -> Table:
    table = Table("ratio, same round", "median", "min-max", "target", "CPU ratio", "min-max")
    for label, of, to, target in RATIOS:
        if of not in results or to not in results:
            continue
        pairs = list(zip(results[of], results[to], strict=True))
        found = [a.rate / b.rate for a, b in pairs]
        cpu = [b.cpu_us / a.cpu_us for a, b in pairs]
        middle = statistics.median(found)
        met = "" if target is None else f"≥ {target} {'✓' if middle >= target else 'MISSED'}"
        table.add_row(
            label,
            f"{middle:.2f}",
            f"{min(found):.2f}-{max(found):.2f}",
            met,
            f"{statistics.median(cpu):.2f}",
            f"{min(cpu):.2f}-{max(cpu):.2f}",
        )
    return table
