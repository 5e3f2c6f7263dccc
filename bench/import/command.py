"""One `preau import` as an operator runs it: how long, and its memory while it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

_TICK_S = 0.25


class Ran(NamedTuple):
    """The command's own words, its seconds, and (second, MB resident) pairs."""

    said: Mapping[str, Any]
    seconds: float
    memory: list[tuple[float, float]]

    @property
    def peak(self) -> float:
        """MB at most."""
        return max((mb for _, mb in self.memory), default=0.0)


def run_import(connector: str, instance: str, folder: Path, settings: Mapping[str, str]) -> Ran:
    """Imports a folder; raises when the command fails."""
    words = [sys.executable, "-m", "preau", "import", connector, str(folder)]
    words += ["--instance", instance, "--json"]
    environment = {**os.environ, **settings}
    began = time.monotonic()
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        memory = _watch(process.pid, lambda: process.poll() is None, began)
        out, err = process.communicate()
    if process.returncode:
        raise RuntimeError(f"preau import ended with {process.returncode}: {err[-800:]!r}{out!r}")
    return Ran(json.loads(out), time.monotonic() - began, memory)


def _watch(pid: int, runs: Callable[[], bool], began: float) -> list[tuple[float, float]]:
    found = []
    while runs():
        try:
            status = Path(f"/proc/{pid}/status").read_text("ascii")
        except OSError:
            break
        lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        if "VmRSS" in lines:
            found.append((time.monotonic() - began, int(lines["VmRSS"].split()[0]) / 1024))
        time.sleep(_TICK_S)
    return found
