"""Starts the hub's processes, starts again those that end, and stops them all in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

FIRST_WAIT_S, LONGEST_WAIT_S, CALM_S = 0.2, 5.0, 20.0
log = structlog.get_logger()


@dataclass
class Child:
    """One supervised process: what to run, and how its last lives went."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT_S
    due: float = 0.0
    lives: int = 0

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None


@dataclass
class Supervisor:
    """Keeps children alive; a child that dies again and again is started ever more slowly."""

    environment: dict[str, str]
    logs: Path
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def add(self, name: str, arguments: Sequence[str]) -> None:
        """One more process, `python -m preau ARGUMENTS`, started by the next `tend`."""
        self.children.append(Child(name, arguments))

    def tend(self) -> None:
        """Starts what is not running and due; called about ten times a second."""
        now = time.monotonic()
        for child in self.children:
            if child.alive:
                if now - child.started > CALM_S:
                    child.wait = FIRST_WAIT_S
            elif child.process is None or now >= child.due > 0:
                self._start(child, now)
            elif child.due == 0:
                self._plan_restart(child, now)

    def run(self, also: Callable[[], None]) -> None:
        """Tends until `stopping`; `also` is called at each round (the broker's own care)."""
        while not self.stopping:
            self.tend()
            also()
            time.sleep(0.1)

    def stop(self, seconds: float = 60.0) -> None:
        """Ends every child in the order of their addition; kills what is left after `seconds`."""
        self.stopping = True
        deadline = time.monotonic() + seconds
        for child in self.children:
            if child.alive and child.process is not None:
                child.process.send_signal(signal.SIGTERM)
        for child in self.children:
            if child.process is not None:
                _end(child.process, max(0.1, deadline - time.monotonic()))

    def _start(self, child: Child, now: float) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{child.name}.log").open("ab") as sink:
            child.process = subprocess.Popen(
                [sys.executable, "-m", "preau", *child.arguments],
                stdin=subprocess.PIPE,  # closes when we die, however we die
                stdout=sink,
                stderr=sink,
                env={**os.environ, **self.environment, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,  # Ctrl-C reaches us only; we stop the others in order
            )
        child.started, child.due = now, 0.0
        child.lives += 1
        log.info("process started", process=child.name, life=child.lives, pid=child.process.pid)

    def _plan_restart(self, child: Child, now: float) -> None:
        code = child.process.returncode if child.process is not None else None
        log.warning("process ended", process=child.name, code=code, again_in_s=child.wait)
        child.due = now + child.wait
        child.wait = min(child.wait * 2, LONGEST_WAIT_S)


def _end(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
