"""The same stock agent with every key in its memory before the clock starts: no SQL in its time."""

from __future__ import annotations

from bench.normalise import faust_agent
from bench.normalise.events import subjects
from bench.normalise.job import Job, Stopwatch
from bench.normalise.key_book import Held, make_keys


def run(job: Job, watch: Stopwatch) -> None:
    """The benchmark's entry; this process ends in it."""
    faust_agent.work(job, watch, Held(make_keys(job.keys, subjects(job.events))))
