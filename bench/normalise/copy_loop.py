"""The raw limit: a confluent-kafka copy with the hub's own settings and no work in between."""

from __future__ import annotations

import confluent_kafka as ck
from bench.normalise.ends import Ends
from bench.normalise.job import BATCH, CHECKPOINT, Job, Stopwatch


def run(job: Job, watch: Stopwatch) -> None:
    """Reads and writes key and value; commits every 20,000 after a flush without error."""
    ends = Ends(job)
    produce, poll, consume = ends.producer.produce, ends.consumer.poll, ends.consumer.consume
    done = since = 0
    while done < job.events:
        first: ck.Message | None = poll(1.0)
        if first is None:
            continue
        watch.start()
        batch = [first, *consume(BATCH - 1, 0)]
        for message in batch:
            produce(job.sink, message.value(), message.key())
        ends.seen(batch)
        done += len(batch)
        since += len(batch)
        if since >= CHECKPOINT:
            ends.checkpoint(wait=False)
            since = 0
    ends.checkpoint(wait=True)
    watch.stop()
    ends.close()
