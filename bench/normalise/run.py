"""One runner in a process of its own: `python -m bench.normalise.run NAME JOB`; one JSON line."""

from __future__ import annotations

import importlib
import sys

from bench.normalise.job import Job, Stopwatch

MODULES = {
    "copy": "bench.normalise.copy_loop",
    "plain": "bench.normalise.plain",
    "faust": "bench.normalise.faust_agent",
    "held": "bench.normalise.faust_held",
    "ours": "bench.normalise.ours",
    "service": "bench.normalise.service",
}


def main() -> None:
    """Runs it and says how long it took."""
    name, job, watch = sys.argv[1], Job.parse(sys.argv[2]), Stopwatch()
    importlib.import_module(MODULES[name]).run(job, watch)
    print(watch.told(job.events), flush=True)


if __name__ == "__main__":
    main()
