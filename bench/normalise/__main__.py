"""Interleaved rounds of every runner on one embedded Kafka; a table of medians and ratios."""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import confluent_kafka as ck
from bench.normalise.batch_loop import Headers
from bench.normalise.events import CONNECTOR, INSTANCE, events
from bench.normalise.job import Job
from bench.normalise.run import MODULES
from rich.console import Console
from rich.table import Table

from preau.broker.clients import producer_settings
from preau.broker.fetch import bar
from preau.broker.gate import ensure_topics
from preau.broker.node import BENCH, Machine
from preau.broker.opening import open_broker
from preau.broker.topics import Size, intake

ROOT = Path(__file__).parents[2]
ORDER = ("copy", "plain", "ours", "service", "two", "faust")
FAUST_EVENTS = 20_000
PARTITIONS = (0, 1, 2, 3)
RATIOS = (  # name, of, to, target
    ("ours / plain", "ours", "plain", 2.0),
    ("ours / faust", "ours", "faust", 15.0),
    ("service / ours", "service", "ours", 0.9),
    ("two / ours", "two", "ours", 1.2),
    ("ours / copy", "ours", "copy", None),
)
screen = Console(stderr=True)


class Result(NamedTuple):
    """One run: events per wall second, CPU microseconds per event, peak memory in MB."""

    rate: float
    cpu_us: float
    rss_mb: int


class Bench:
    """The topics of one bench on one Kafka, and how to run something on them."""

    def __init__(self, bootstrap: str, count: int) -> None:
        self._bootstrap = bootstrap
        self._count = count
        self._source = intake(f"{CONNECTOR}-bench", Size(len(PARTITIONS)))
        self._small = intake(f"{CONNECTOR}-bench-small", Size(len(PARTITIONS)))
        self._runs = 0

    def fill(self) -> None:
        """Writes the input, once for all rounds."""
        ensure_topics(self._bootstrap, [self._source, self._small])
        headers: Headers = [("instance", INSTANCE.encode()), ("received_at", b"1795500000000")]
        # aiokafka, under Faust, reads no lz4 without a further package
        inputs = (self._source.name, self._count, "lz4"), (self._small.name, FAUST_EVENTS, "none")
        for name, count, packed in inputs:
            settings = producer_settings(self._bootstrap, {"compression.type": packed})
            producer = ck.Producer(settings)
            for key, body in events(count):
                while True:
                    try:
                        producer.produce(name, body, key, headers=headers)
                        break
                    except BufferError:
                        producer.poll(0.1)
            producer.flush()

    def measure(self, name: str) -> Result:
        """One fresh run into a fresh sink; raises when an event is missing or doubled there."""
        self._runs += 1
        sink = intake(f"{CONNECTOR}-bench-out-{self._runs}", Size(len(PARTITIONS)))
        ensure_topics(self._bootstrap, [sink])
        runner = "ours" if name == "two" else name
        jobs = [
            Job(self._bootstrap, source, sink.name, partitions, count)
            for source, partitions, count in self._shares(name)
        ]
        words = [[sys.executable, "-m", "bench.normalise.run", runner, *j.words()] for j in jobs]
        told = run_together(words)
        written = self._written(sink.name)
        expected = sum(job.events for job in jobs)
        if written != expected:
            raise RuntimeError(f"{name}: {written} records written, {expected} expected")
        seconds = max(t["ended"] for t in told) - min(t["began"] for t in told)
        cpu = sum(t["cpu"] for t in told)
        memory = int(max(t["rss_mb"] for t in told))
        return Result(expected / seconds, cpu / expected * 1e6, memory)

    def _shares(self, name: str) -> list[tuple[str, tuple[int, ...], int]]:
        if name == "faust":
            return [(self._small.name, PARTITIONS, FAUST_EVENTS)]
        if name != "two":
            return [(self._source.name, PARTITIONS, self._count)]
        halves = PARTITIONS[:2], PARTITIONS[2:]
        return [(self._source.name, half, self._size(self._source.name, half)) for half in halves]

    def _written(self, topic: str) -> int:
        return self._size(topic, PARTITIONS)

    def _size(self, topic: str, partitions: tuple[int, ...]) -> int:
        consumer = ck.Consumer({"bootstrap.servers": self._bootstrap, "group.id": "bench-size"})
        try:
            ends = (consumer.get_watermark_offsets(ck.TopicPartition(topic, p)) for p in partitions)
            return sum(high - low for low, high in ends)
        finally:
            consumer.close()


def run_together(commands: list[list[str]]) -> list[dict[str, float]]:
    """Starts all, waits for all; the last line of each is its result."""
    running = [
        subprocess.Popen(c, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for c in commands
    ]
    told: list[dict[str, float]] = []
    for process, command in zip(running, commands, strict=True):
        out, err = process.communicate(timeout=600)
        if process.returncode:
            raise RuntimeError(f"{command[3]} failed: {err[-1500:]}")
        told.append(json.loads(out.strip().splitlines()[-1]))
    return told


def present(names: list[str]) -> list[str]:
    """The runners that exist here; says which do not."""
    found = []
    for name in names:
        if importlib.util.find_spec(MODULES["ours" if name == "two" else name]):
            found.append(name)
        else:
            screen.print(f"{name}: not there, left out")
    return found


def show(results: dict[str, list[Result]]) -> None:
    """The two tables, on stdout."""
    out = Console()
    table = Table("runner", "events/s", "min-max", "CPU µs/event", "peak MB", title="Medians")
    for name, runs in results.items():
        rates = [run.rate for run in runs]
        table.add_row(
            name,
            f"{statistics.median(rates):,.0f}",
            f"{min(rates):,.0f}-{max(rates):,.0f}",
            f"{statistics.median(run.cpu_us for run in runs):.2f}",
            str(max(run.rss_mb for run in runs)),
        )
    out.print(table)
    ratios = Table("ratio, same round", "median", "min-max", "target", "CPU ratio")
    for label, of, to, target in RATIOS:
        if of in results and to in results:
            pairs = list(zip(results[of], results[to], strict=True))
            found = [a.rate / b.rate for a, b in pairs]
            cpu = statistics.median(b.cpu_us / a.cpu_us for a, b in pairs)
            middle = statistics.median(found)
            met = "" if target is None else f"≥ {target} {'✓' if middle >= target else 'MISSED'}"
            spread = f"{min(found):.2f}-{max(found):.2f}"
            ratios.add_row(label, f"{middle:.2f}", spread, met, f"{cpu:.2f}")
    out.print(ratios)


@contextmanager
def kafka(external: str | None) -> Iterator[str]:
    """The embedded node with 1 GB of heap, or the Kafka that was given."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bar() as tell,
        open_broker(external, Path(folder), BENCH, machine=Machine(tell=tell)) as broker,
    ):
        yield broker.bootstrap


def main() -> None:
    """Reads the command line, runs the rounds, shows the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.normalise", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--only", default=",".join(ORDER), help="runners, separated by commas")
    parser.add_argument("--kafka", help="host:port of a Kafka to use instead of the embedded one")
    chosen = parser.parse_args()
    names = present([name for name in ORDER if name in chosen.only.split(",")])
    results: dict[str, list[Result]] = {name: [] for name in names}
    with kafka(chosen.kafka) as bootstrap:
        bench = Bench(bootstrap, chosen.events)
        bench.fill()
        bench.measure("copy")  # dropped: Kafka makes its own topics at the first commit
        for turn in range(chosen.rounds):
            for name in names:
                results[name].append(bench.measure(name))
                latest = results[name][-1]
                screen.print(f"round {turn + 1} {name}: {latest.rate:,.0f} events/s")
    show(results)


if __name__ == "__main__":
    main()
