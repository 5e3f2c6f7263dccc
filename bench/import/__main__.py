"""Imports a generated académie into a running hub, twice, beside the bare parse of its files."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import confluent_kafka as ck
from rich.console import Console
from rich.table import Table

from preau.app.control import open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.serve import running_hub
from preau.broker.topics import CANON
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.territory import write_territory
from preau.settings import Settings
from preau.store.instances import Instance

from .command import Ran, run_import
from .plot import draw

ROOT = Path(__file__).parents[2]
SETS = (("aaf-1d", "ecoles", "aaf-1d"), ("aaf", "colleges", "aaf-2d"))
"""Connector, instance, folder of the territory."""
LIMIT_MB = 300
_WAIT_S = 3_600
screen = Console(stderr=True)


class Measured(NamedTuple):
    """One size: records, seconds of both bare parses (median), of both imports, memory over time.

    `settled` counts until the canonical topics have everything; `missing` is how many records the
    hub lacks of what the import said it would give.
    """

    pupils: int
    records: int
    bare: float
    values: float
    first: float
    settled: float
    second: float
    again: int
    missing: int
    memory: list[tuple[float, float]]


def main() -> None:
    """Reads the command line, measures each size, shows the table, draws the memory."""
    parser = argparse.ArgumentParser(prog="python -m bench.import", description=__doc__)
    parser.add_argument("--pupils", type=int, default=34_000, help="of the smallest size")
    parser.add_argument("--sizes", default="1,2,4", help="how many times that, by commas")
    parser.add_argument("--normalisers", default="1", help="normalise processes of the hub")
    chosen = parser.parse_args()
    found = []
    for times in map(int, chosen.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            found.append(measure(Path(folder), chosen.pupils * times, chosen.normalisers))
        screen.print(str(found[-1]._replace(memory=[])))
    show(found)
    draw(
        {f"{m.pupils:,} pupils": m.memory for m in found},
        LIMIT_MB,
        ROOT / "bench/import/memory.svg",
    )


def measure(folder: Path, pupils: int, normalisers: str) -> Measured:
    """One territory: bare, import, import again, bare."""
    (folder / "files").mkdir()
    write_territory(Plan(pupils, 1, folder / "files", 0.002, "none", 10_000, "11"))
    files = folder / "files" / "avant"
    before = [bare(files / name, "") for _, _, name in SETS]
    with hub(folder / "hub", normalisers) as (settings, bootstrap):
        start, began = canonical(bootstrap), time.monotonic()
        first = [run_import(c, i, files / f, settings) for c, i, f in SETS]
        seconds, said = time.monotonic() - began, sum(r.said["canonical"] for r in first)
        settled = settle(bootstrap, start + said, began)
        missing = start + said - canonical(bootstrap)
        second = [run_import(c, i, files / f, settings) for c, i, f in SETS]
        again = sum(r.said["canonical"] + r.said["letters"] for r in second)
    after = [bare(files / name, "") for _, _, name in SETS]
    values = sum(bare(files / name, "values") for _, _, name in SETS)
    return Measured(
        pupils,
        sum(r.said["read"] for r in first),
        statistics.median((sum(before), sum(after))),
        values,
        seconds,
        settled,
        sum(r.seconds for r in second),
        again,
        missing,
        joined(first),
    )


def bare(folder: Path, how: str) -> float:
    """Seconds of the bare parse of a folder, in a process of its own."""
    words = [sys.executable, "-m", "bench.import.bare", str(folder), *filter(None, [how])]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
    return float(json.loads(done.stdout)["seconds"])


def joined(ran: list[Ran]) -> list[tuple[float, float]]:
    """The memory of imports that ran one after the other."""
    found, base = [], 0.0
    for one in ran:
        found += [(base + at, mb) for at, mb in one.memory]
        base += one.seconds
    return found


@contextmanager
def hub(folder: Path, normalisers: str) -> Iterator[tuple[dict[str, str], str]]:
    """A whole hub with an instance for each degree: its settings, and its Kafka's address."""
    settings = Settings(data=str(folder), port="0", normalisers=normalisers, log_level="ERROR")
    with open_control(settings) as control:
        for connector, name, _ in SETS:
            way = ("FIRST" if "1d" in connector else "SECOND", "11", "", "", "none")
            made = Instance(name, connector, *way, loopback=False, disabled=False)
            control.instances.put(made)
            ensure_share_topic(control, name)
    with running_hub(settings) as running:
        yield settings.environment(), running.bootstrap


def canonical(bootstrap: str) -> int:
    """How many records lie in the canonical topics."""
    consumer = ck.Consumer({"bootstrap.servers": bootstrap, "group.id": "bench-import"})
    try:
        topics = consumer.list_topics(timeout=30).topics
        return sum(
            consumer.get_watermark_offsets(ck.TopicPartition(name, part), timeout=30)[1]
            for name, topic in topics.items()
            if name.startswith(CANON)
            for part in topic.partitions
        )
    finally:
        consumer.close()


def settle(bootstrap: str, count: int, began: float) -> float:
    """Waits until so many canonical records are there; the seconds since `began`."""
    while canonical(bootstrap) < count:
        if time.monotonic() - began > _WAIT_S:
            raise RuntimeError("the canonical records do not come")
        time.sleep(0.25)
    return time.monotonic() - began


def show(found: list[Measured]) -> None:
    """The table, on stdout: a column for each size."""
    table = Table("", *(f"{m.pupils:,} pupils" for m in found))
    rows: dict[str, Callable[[Measured], str]] = {
        "records": lambda m: f"{m.records:,}",
        "bare parse, s": lambda m: f"{m.bare:.1f}",
        "bare parse with values, s": lambda m: f"{m.values:.1f}",
        "first import, both commands, s": lambda m: f"{m.first:.1f}",
        "… until canonical, s": lambda m: f"{m.settled:.1f}",
        "… records/s": lambda m: f"{m.records / m.settled:,.0f}",
        "first × bare": lambda m: f"{m.settled / m.bare:.1f}",
        "… × bare with values": lambda m: f"{m.settled / m.values:.1f}",
        "second import, s": lambda m: f"{m.second:.1f}",
        "second × bare": lambda m: f"{m.second / m.bare:.2f}",
        "… records out": lambda m: str(m.again),
        "canonical records missing": lambda m: str(m.missing),
        "peak MB of the command": lambda m: f"{max(mb for _, mb in m.memory):.0f}",
    }
    for name, tell in rows.items():
        table.add_row(name, *map(tell, found))
    Console().print(table)


if __name__ == "__main__":
    main()
