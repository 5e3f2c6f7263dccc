"""Interleaved rounds of every runner on one embedded Kafka; a table of medians and ratios."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import confluent_kafka as ck
from bench.normalise.events import CONNECTOR, INSTANCE, events, subjects
from bench.normalise.job import Job
from bench.normalise.key_book import make_keys
from bench.normalise.neighbours import Neighbours
from bench.normalise.results import Result, show
from rich.console import Console

from preau.broker.clients import producer_settings
from preau.broker.fetch import bar
from preau.broker.gate import ensure_topics
from preau.broker.node import BENCH, Machine
from preau.broker.opening import Broker, open_broker
from preau.broker.topics import Size, Topic, canon, intake, own

ROOT = Path(__file__).parents[2]
ORDER = ("copy", "plain", "ours", "service", "two", "faust", "held")
FAUST_EVENTS = 20_000
_TRIES = 6
PARTITIONS = 4
Headers = list[tuple[str, str | bytes | None]]
screen = Console(stderr=True)


class Bench:
    """The topics and the keys of one bench on one Kafka, and how to run something on them."""

    def __init__(self, broker: Broker, count: int, keys: str) -> None:
        self._bootstrap = broker.bootstrap
        self._neighbours = Neighbours(broker.pid)
        self._count = count
        self._keys = keys
        whole, half = Size(PARTITIONS), Size(PARTITIONS // 2)
        self._source = intake(f"{CONNECTOR}-bench", whole)
        self._small = intake(f"{CONNECTOR}-bench-small", whole)
        self._halves = [intake(f"{CONNECTOR}-bench-{name}", half) for name in ("a", "b")]
        self._sink = canon("person", whole)
        self._runs = 0

    def fill(self) -> None:
        """Writes the input and makes the keys, once for all rounds."""
        inputs = [self._source, self._small, *self._halves]
        ensure_topics(self._bootstrap, [*inputs, self._sink, *own(Size())])
        make_keys(self._keys, subjects(self._count))
        write(self._bootstrap, [self._source.name], self._count)
        write(self._bootstrap, [half.name for half in self._halves], self._count)
        # aiokafka, under Faust, reads no lz4 without a further package
        write(self._bootstrap, [self._small.name], FAUST_EVENTS, packed="none")

    def settled(self, name: str, others: float) -> Result:
        """A run beside which others had no more than this part of the machine.

        One that was disturbed is made again, whatever it gave; the sixth time it counts.
        """
        for _ in range(_TRIES):
            if others < 1:
                self._neighbours.wait(others)
            result = self.measure(name)
            if result.others <= others:
                break
            screen.print(f"disturbed, made again: {name} {result}")
        return result

    def measure(self, name: str) -> Result:
        """One fresh run; raises when an event is missing or doubled in what it wrote."""
        self._runs += 1
        runner = "ours" if name == "two" else name
        jobs = self._jobs(name)
        before = self._size(self._sink)
        words = [[sys.executable, "-m", "bench.normalise.run", runner, j.word()] for j in jobs]
        self._neighbours.share()
        told = run_together(words)
        others = self._neighbours.share()
        written = self._size(self._sink) - before
        expected = sum(job.events for job in jobs)
        if written != expected:
            raise RuntimeError(f"{name}: {written} records written, {expected} expected")
        seconds = max(t["ended"] for t in told) - min(t["began"] for t in told)
        cpu = sum(t["cpu"] for t in told)
        memory = int(max(t["rss_mb"] for t in told))
        return Result(expected / seconds, cpu / expected * 1e6, memory, others)

    def _jobs(self, name: str) -> list[Job]:
        if name in {"faust", "held"}:
            sources = [(self._small, FAUST_EVENTS)]
        elif name == "two":
            sources = [(half, self._size(half)) for half in self._halves]
        else:
            sources = [(self._source, self._count)]
        return [
            Job(
                self._bootstrap,
                source.name,
                self._sink.name,
                tuple(range(source.size.partitions)),
                count,
                f"bench-{self._runs}-{place}",
                self._keys,
            )
            for place, (source, count) in enumerate(sources)
        ]

    def _size(self, topic: Topic) -> int:
        consumer = ck.Consumer({"bootstrap.servers": self._bootstrap, "group.id": "bench-size"})
        places = [ck.TopicPartition(topic.name, p) for p in range(topic.size.partitions)]
        try:
            return sum(consumer.get_watermark_offsets(place)[1] for place in places)
        finally:
            consumer.close()


def write(bootstrap: str, topics: list[str], count: int, packed: str = "lz4") -> None:
    """Writes the events to these topics, a pupil's events all to one of them."""
    headers: Headers = [("instance", INSTANCE.encode()), ("received_at", b"1795500000000")]
    producer = ck.Producer(producer_settings(bootstrap, {"compression.type": packed}))
    for key, body in events(count):
        topic = topics[int(key) % len(topics)]
        while True:
            try:
                producer.produce(topic, body, key, headers=headers)
                break
            except BufferError:
                producer.poll(0.1)
    if producer.flush(60):
        raise RuntimeError("the input could not be written")


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
            raise RuntimeError(f"{command[3]} ended with {process.returncode}: {err[-1500:]}")
        told.append(json.loads(out.strip().splitlines()[-1]))
    return told


@contextmanager
def kafka(external: str | None) -> Iterator[Broker]:
    """The embedded node with 1 GB of heap, or the Kafka that was given."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bar() as tell,
        open_broker(external, Path(folder), BENCH, machine=Machine(tell=tell)) as broker,
    ):
        yield broker


def main() -> None:
    """Reads the command line, runs the rounds, shows the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.normalise", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--only", default=",".join(ORDER), help="runners, separated by commas")
    parser.add_argument("--kafka", help="host:port of a Kafka to use instead of the embedded one")
    parser.add_argument(
        "--others",
        type=float,
        default=1.0,
        help="a run beside which other programs had more of the machine (0 to 1) is made again",
    )
    chosen = parser.parse_args()
    names = [name for name in ORDER if name in chosen.only.split(",")]
    results: dict[str, list[Result]] = {name: [] for name in names}
    with kafka(chosen.kafka) as broker, tempfile.TemporaryDirectory() as folder:
        bench = Bench(broker, chosen.events, f"{folder}/keys.db")
        bench.fill()
        bench.measure("copy")  # dropped: Kafka makes its own topics at the first commit
        for turn in range(chosen.rounds):
            for name in names:
                results[name].append(bench.settled(name, chosen.others))
                screen.print(f"{turn + 1} {name}: {results[name][-1]}")
    show(results)


if __name__ == "__main__":
    main()
