"""The product as it runs: the same step and loop owned by a Service in a worker of Faust."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from bench.normalise.hub_loop import HubLoop, Work
from bench.normalise.job import Job, Stopwatch
from bench.normalise.key_book import open_book
from bench.normalise.ours import step

from preau.app.worker import StepService, create_app, run_worker


def run(job: Job, watch: Stopwatch) -> None:
    """The benchmark's entry; this process ends in it."""
    loop = _Last(job, watch, step([job.source], open_book(job.keys)))
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(job.group, job.bootstrap, Path(folder))
        raise SystemExit(run_worker(app, [StepService(loop)]))


class _Last(HubLoop):
    """Tells its result and ends the process: a clean stop of Faust takes seconds not the work's."""

    def __init__(self, job: Job, watch: Stopwatch, work: Work) -> None:
        super().__init__(job, watch, work)
        self._events = job.events

    def run(self) -> None:
        super().run()
        print(self._watch.told(self._events), flush=True)
        os._exit(0)
