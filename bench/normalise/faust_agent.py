"""The peer: a stock Faust agent doing the plain transform, as Faust's own guide writes one."""

from __future__ import annotations

import asyncio
import os
from typing import cast

import faust
from bench.normalise.job import Job, Stopwatch
from bench.normalise.plain import Plain


def run(job: Job, watch: Stopwatch) -> None:
    """Processes `job.events` events, flushes, commits, says the time and ends this process."""
    app = faust.App(
        f"bench-{job.sink}",
        broker=f"kafka://{job.bootstrap}",
        store="memory://",
        value_serializer="raw",
        key_serializer="raw",
        topic_disable_leader=True,
        web_enabled=False,
        producer_acks=-1,
        producer_linger=0.005,  # seconds
        consumer_auto_offset_reset="earliest",
        stream_wait_empty=False,
    )
    source = app.topic(job.source, key_type=bytes, value_type=bytes)
    sink = app.topic(job.sink, key_type=bytes, value_type=bytes)
    transform = Plain().one
    left = job.events

    async def work(stream: faust.StreamT[bytes]) -> None:
        nonlocal left
        async for event in stream.events():
            watch.start()
            message = event.message
            at = (message.topic, message.partition, message.offset)
            key, value, headers = transform(message.value, dict(message.headers), at)
            await sink.send(key=key, value=value, headers=cast("list[tuple[str, bytes]]", headers))
            left -= 1
            if left == 0:
                await finish(app, job, watch)

    app.agent(source, concurrency=1)(work)
    worker = faust.Worker(app, loglevel="INFO", quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()


async def finish(app: faust.App, job: Job, watch: Stopwatch) -> None:
    """The same barrier as the others': every delivery, then the commit."""
    await app.producer.flush()
    await asyncio.sleep(0)
    await app.consumer.commit()
    watch.stop()
    print(watch.told(job.events), flush=True)
    os._exit(0)  # a clean stop of Faust takes seconds that are not the work's
