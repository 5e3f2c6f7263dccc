"""One run of the benchmark: what to read and write, and a clock that starts at the first batch."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

CHECKPOINT = 20_000
BATCH = 1_000


class Job(NamedTuple):
    """`events` in all from these partitions of `source`, to `sink`, under a `group` of its own.

    `keys` is the file of the subjects' keys (`key_book`); each run reads them from it anew.
    """

    bootstrap: str
    source: str
    sink: str
    partitions: tuple[int, ...]
    events: int
    group: str
    keys: str

    @classmethod
    def parse(cls, word: str) -> Job:
        """The other end of `word`."""
        said = json.loads(word)
        return cls(**{**said, "partitions": tuple(said["partitions"])})

    def word(self) -> str:
        """As one word of a command line."""
        return json.dumps(self._asdict())


class Stopwatch:
    """Wall and CPU seconds of this process, from `start` to `stop`."""

    def __init__(self) -> None:
        self._began = self._ended = self._cpu = 0.0

    def start(self) -> None:
        """Called with the first batch in hand; later calls change nothing."""
        if not self._began:
            self._began, self._cpu = time.monotonic(), time.process_time()

    def stop(self) -> None:
        """Called when everything is delivered and committed."""
        self._ended, self._cpu = time.monotonic(), time.process_time() - self._cpu

    def told(self, count: int) -> str:
        """One JSON line; times are of the machine's monotonic clock, comparable over processes."""
        return json.dumps(
            {"events": count, "began": self._began, "ended": self._ended, "cpu": self._cpu}
            | {"rss_mb": _peak_mb()}
        )


def _peak_mb() -> int:
    """Of this program alone: getrusage(2) would count what its parent had before exec, too."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return 0
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024
