"""The peer: a stock Faust agent doing the plain transform, as Faust's own guide writes one.

It takes its events one by one, and so asks the book of keys for one pupil at a time.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import faust
from bench.normalise.job import Job, Stopwatch
from bench.normalise.key_book import open_book
from bench.normalise.plain import Plain

from preau.broker.records import Arrival
from preau.keys.seal import KeyBook


def run(job: Job, watch: Stopwatch) -> None:
    """The benchmark's entry; this process ends in it."""
    work(job, watch, open_book(job.keys))


def work(job: Job, watch: Stopwatch, book: KeyBook) -> None:
    """Processes `job.events` events, flushes, commits, says the time and ends this process."""
    app = faust.App(
        job.group,
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
    transform = Plain(book).handle
    left = job.events

    async def each(stream: faust.StreamT[bytes]) -> None:
        nonlocal left
        async for event in stream.events():
            watch.start()
            (made,) = transform([_arrival(event.message)])
            await sink.send(key=made.key, value=made.value, headers=made.headers)
            left -= 1
            if left == 0:
                await finish(app, job, watch)

    app.agent(source, concurrency=1)(each)
    worker = faust.Worker(app, loglevel="INFO", quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()


def _arrival(said: Any) -> Arrival:
    headers = dict(said.headers)
    return Arrival(said.topic, said.partition, said.offset, said.key, said.value, headers)


async def finish(app: faust.App, job: Job, watch: Stopwatch) -> None:
    """The same barrier as the others': every delivery, then the commit."""
    await app.producer.flush()
    await asyncio.sleep(0)
    await app.consumer.commit()
    watch.stop()
    print(watch.told(job.events), flush=True)
    os._exit(0)  # a clean stop of Faust takes seconds that are not the work's
