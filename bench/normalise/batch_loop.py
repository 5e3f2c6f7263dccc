"""The same loop as the copy with a function over each batch in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import confluent_kafka as ck
from bench.normalise.ends import Ends
from bench.normalise.job import BATCH, CHECKPOINT, Job, Stopwatch

Headers = list[tuple[str, str | bytes | None]]
Handle = Callable[[list[ck.Message]], Iterable[tuple[bytes, bytes, Headers]]]
"""A batch to (key, value, headers) triples."""


def run(job: Job, watch: Stopwatch, handle: Handle) -> None:
    """Reads, works, writes; commits every 20,000 after a flush without error."""
    ends = Ends(job)
    produce, poll, consume = ends.producer.produce, ends.consumer.poll, ends.consumer.consume
    done = since = 0
    while done < job.events:
        first: ck.Message | None = poll(1.0)
        if first is None:
            continue
        watch.start()
        batch = [first, *consume(BATCH - 1, 0)]
        for key, value, headers in handle(batch):
            produce(job.sink, value, key, headers=headers)
        ends.producer.poll(0)
        ends.seen(batch)
        done += len(batch)
        since += len(batch)
        if since >= CHECKPOINT:
            ends.checkpoint(wait=False)
            since = 0
    ends.checkpoint(wait=True)
    watch.stop()
    ends.close()
