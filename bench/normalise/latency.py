"""From intake to canonical topic: how long one event takes at a steady rate, p50 and p99.

    python -m bench.normalise.latency --runner ours --rates 500,5000 --seconds 6

Sender, runner, receiver and Kafka share this machine. One partition on each side, so that the n-th
record out is the n-th in. Time counts from when the event was due, not from when the sender got
round to it; the first tenth is dropped.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from itertools import islice

import confluent_kafka as ck
from bench.normalise.__main__ import ROOT, Headers, kafka
from bench.normalise.events import CONNECTOR, INSTANCE, events, subjects
from bench.normalise.job import Job
from bench.normalise.key_book import make_keys
from rich.console import Console
from rich.table import Table

from preau.broker.clients import consumer_settings, producer_settings
from preau.broker.gate import ensure_topics
from preau.broker.topics import Size, canon, intake, own

WARM_UP = 500


class Line:
    """One source, one runner, one sink, at one rate."""

    def __init__(self, bootstrap: str, runner: str, rate: int, seconds: int, keys: str) -> None:
        self._bootstrap = bootstrap
        self._rate = rate
        self._count = rate * seconds
        source = intake(f"{CONNECTOR}-latency-{rate}", Size(1))
        sink = canon("person", Size(1))
        ensure_topics(bootstrap, [source, sink, *own(Size())])
        make_keys(keys, subjects(self._count))
        group = f"latency-{rate}"
        self._job = Job(bootstrap, source.name, sink.name, (0,), WARM_UP + self._count, group, keys)
        self._runner = runner
        self._due: list[float] = []

    def measure(self) -> list[float]:
        """Sorted latencies in milliseconds."""
        words = [sys.executable, "-m", "bench.normalise.run", self._runner, self._job.word()]
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
            consumer = ck.Consumer(consumer_settings(self._bootstrap, f"to-{self._job.sink}"))
            place = ck.TopicPartition(self._job.sink, 0)
            place.offset = consumer.get_watermark_offsets(place)[1]  # the runner is not up yet
            consumer.assign([place])
            sender = threading.Thread(target=self._send)
            arrived = self._receive(consumer, sender)
            sender.join()
            consumer.close()
            process.wait(60)
        late = [(b - a) * 1_000 for a, b in zip(self._due, arrived[WARM_UP:], strict=True)]
        return sorted(late[self._count // 10 :])

    def _receive(self, consumer: ck.Consumer, sender: threading.Thread) -> list[float]:
        arrived: list[float] = []
        producer = ck.Producer(producer_settings(self._bootstrap))
        for key, body in islice(events(WARM_UP), WARM_UP):
            self._produce(producer, key, body)
        producer.flush()
        while len(arrived) < self._job.events:
            first = consumer.poll(60)
            if first is None:
                raise RuntimeError("nothing arrived for 60 s")
            now = time.monotonic()
            arrived += [now] * len([first, *consumer.consume(999, 0)])
            if len(arrived) >= WARM_UP and not sender.ident:
                sender.start()
        return arrived

    def _send(self) -> None:
        producer = ck.Producer(producer_settings(self._bootstrap))
        prepared = list(events(self._count, seed=7))
        began = time.monotonic() + 0.1
        for number, (key, body) in enumerate(prepared):
            due = began + number / self._rate
            while (early := due - time.monotonic()) > 0:
                producer.poll(0)
                time.sleep(min(early, 0.001))
            self._due.append(due)
            self._produce(producer, key, body)
        producer.flush()

    def _produce(self, producer: ck.Producer, key: bytes, body: bytes) -> None:
        headers: Headers = [("instance", INSTANCE.encode()), ("received_at", b"1795500000000")]
        producer.produce(self._job.source, body, key, headers=headers)
        producer.poll(0)


def main() -> None:
    """Reads the command line, measures each rate, shows the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.normalise.latency")
    parser.add_argument("--runner", default="ours")
    parser.add_argument("--rates", default="500,5000")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--kafka", help="host:port of a Kafka to use instead of the embedded one")
    chosen = parser.parse_args()
    table = Table("runner", "events/s", "p50 ms", "p95 ms", "p99 ms", "max ms")
    with kafka(chosen.kafka) as broker, tempfile.TemporaryDirectory() as folder:
        for rate in map(int, chosen.rates.split(",")):
            keys = f"{folder}/keys-{rate}.db"
            late = Line(broker.bootstrap, chosen.runner, rate, chosen.seconds, keys).measure()
            marks = [late[int(len(late) * share)] for share in (0.5, 0.95, 0.99)] + [late[-1]]
            table.add_row(chosen.runner, f"{rate:,}", *(f"{mark:.1f}" for mark in marks))
    Console().print(table)


if __name__ == "__main__":
    main()
