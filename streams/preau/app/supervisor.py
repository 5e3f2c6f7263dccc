"""Starts the hub's processes, starts again those that end, and stops them all in order."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

FIRST_WAIT_S, LONGEST_WAIT_S, CALM_S = 0.2, 5.0, 20.0
LOG_BYTES = 10_000_000
"""A log that grew beyond this is kept once more as `<name>.log.1`, and begun anew."""
STOP_S = 45.0
"""How long all children may take to end; with Kafka's own end the hub stops within a minute."""
_TICK_S = 0.1
log = structlog.get_logger()


@dataclass
class Child:
    """One supervised process: what to run, and how its last lives went.

    `module` is run with `arguments`, as by `python -m`; it inherits the file descriptors `keeps`.
    """

    name: str
    module: str
    arguments: Sequence[str] = ()
    keeps: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT_S
    due: float = 0.0
    lives: int = 0

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int | None:
        """Its process number while it runs."""
        return self.process.pid if self.process is not None and self.alive else None


@dataclass
class Supervisor:
    """Keeps children alive; a child that dies again and again is started ever more slowly.

    `waves` are stopped one after the other, the first first. `word` is what every child is told
    on its standard input: where Kafka is.
    """

    environment: dict[str, str]
    logs: Path
    waves: list[list[Child]] = field(default_factory=list)
    stopping: bool = False
    word: str = ""

    @property
    def children(self) -> list[Child]:
        """Every child, in the order of the waves."""
        return [child for wave in self.waves for child in wave]

    def child(self, name: str) -> Child:
        """The child of that name."""
        return next(child for child in self.children if child.name == name)

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
                _plan_restart(child, now)

    def tell(self, word: str) -> None:
        """Says it to every child that runs now, and to every one that starts later."""
        self.word = word
        for child in self.children:
            _say(child, word)

    def run(self, also: Callable[[], None] = lambda: None) -> None:
        """Tends until `stopping`; `also` is called at each round."""
        while not self.stopping:
            try:
                self.tend()
                self._trim_logs()
            except OSError as error:  # no memory for a process, no disk for its log: later
                log.critical("cannot tend", error=error.strerror)
            also()
            time.sleep(_TICK_S)

    def stop(self, seconds: float = STOP_S) -> None:
        """Ends every child, wave after wave; kills what is left after `seconds`, and says so."""
        self.stopping = True
        deadline = time.monotonic() + seconds
        for wave in self.waves:
            for child in wave:
                if child.alive and child.process is not None:
                    self._ask_to_end(child.process)
            for child in wave:
                if child.process is not None:
                    _end(child.name, child.process, max(0.1, deadline - time.monotonic()))

    def _ask_to_end(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGTERM)
        if not self.word and process.stdin is not None:
            process.stdin.close()  # it waits for the word, deaf to all else

    def log_of(self, child: Child) -> Path:
        """Where a child's words go."""
        return self.logs / f"{child.name}.log"

    def _start(self, child: Child, now: float) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with self.log_of(child).open("ab") as sink:
            child.process = subprocess.Popen(
                [sys.executable, "-m", child.module, *child.arguments],
                stdin=subprocess.PIPE,  # closes when we die, however we die
                bufsize=0,  # what is written is sent, or refused, at once
                stdout=sink,
                stderr=sink,
                env={**os.environ, **self.environment, "PYTHONUNBUFFERED": "1"},
                pass_fds=child.keeps,
                start_new_session=True,  # Ctrl-C reaches us only; we stop the others in order
            )
        if self.word:
            _say(child, self.word)
        child.started, child.due = now, 0.0
        child.lives += 1
        log.info("process started", process=child.name, life=child.lives, pid=child.process.pid)

    def _trim_logs(self) -> None:
        """Children append to their logs, so that a log may be emptied while it is written."""
        for child in self.children:
            file = self.log_of(child)
            if file.exists() and file.stat().st_size > LOG_BYTES:
                with suppress(OSError):  # the disk is full: then less is kept
                    shutil.copyfile(file, file.with_name(f"{file.name}.1"))
                os.truncate(file, 0)


def _say(child: Child, word: str) -> None:
    if child.process is not None and child.process.stdin is not None:
        with suppress(OSError):  # it ended: the next one is told when it starts
            child.process.stdin.write(f"{word}\n".encode())


def _plan_restart(child: Child, now: float) -> None:
    if child.process is None:
        return
    if child.process.stdin is not None:
        child.process.stdin.close()
    code = child.process.returncode
    log.warning("process ended", process=child.name, code=code, again_in_s=child.wait)
    child.due = now + child.wait
    child.wait = min(child.wait * 2, LONGEST_WAIT_S)


def _end(name: str, process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:  # nothing is lost: what was not committed is read again
        log.warning("process did not end in time and was killed", process=name)
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()
