"""The product: its generated mapping, its sealer, its step, in its loop."""

from __future__ import annotations

from collections.abc import Iterable

from bench.normalise.events import CONNECTOR, SECRET
from bench.normalise.hub_loop import HubLoop
from bench.normalise.job import Job, Stopwatch
from bench.normalise.key_book import open_book

from preau.agents.normalise import Normalise
from preau.broker.topics import INTAKE
from preau.canon.codec import encode
from preau.catalogue.catalogue import open_catalogue
from preau.clock import SystemClock
from preau.keys.seal import KeyBook, Sealer
from preau.mapping.normaliser import Context, Normaliser


def run(job: Job, watch: Stopwatch) -> None:
    """The benchmark's entry."""
    HubLoop(job, watch, step([job.source], open_book(job.keys))).run()


def normaliser() -> Normaliser:
    """The connector's mapping, compiled and proven as at the hub's start."""
    return open_catalogue().connector(CONNECTOR).normaliser(Context(SECRET))


def step(sources: Iterable[str], book: KeyBook, mapping: Normaliser | None = None) -> Normalise:
    """The step as the hub builds it, except that several topics bring one product's events."""
    one = mapping or normaliser()
    clock = SystemClock()
    by_topic = {source.removeprefix(INTAKE): one for source in sources}
    return Normalise(by_topic, Sealer(book, clock), encode, clock)
