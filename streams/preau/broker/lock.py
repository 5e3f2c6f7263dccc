"""One node per data directory: a lock that ends with the last process that uses the directory.

The lock (flock(2)) lies on an open file that the guard and Java inherit, so it tells the truth
even after `kill -9` of the hub: it is free exactly when no Java writes there any more.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from preau.errors import Place, Stop

NAME = "node.lock"
_DYING_S = 8.0  # a guard that saw its hub die gives Java 5 s
_FREED_S = 20.0
_TICK_S = 0.05


class Seen(NamedTuple):
    """A process, told apart from a later one with the same number by when it started (s, UTC)."""

    pid: int
    started: float

    def running(self) -> psutil.Process | None:
        """The process itself, if it is still this one and not a zombie."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def seen(pid: int) -> Seen:
    """What to remember of a process that runs now; start time 0 when it is already gone."""
    try:
        return Seen(pid, psutil.Process(pid).create_time())
    except psutil.Error:
        return Seen(pid, 0.0)


def end(process: Seen, patience: float = 5.0) -> None:
    """Ends this very process if it still runs, by SIGKILL: what Kafka acknowledged is on disk."""
    if (running := process.running()) is not None:
        try:
            running.kill()
            running.wait(patience)
        except psutil.Error:
            return


class DirLock:
    """Held from the constructor to `release`; raises `Stop` (DIR_IN_USE) with the other's pid."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self.fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._take()
        except BaseException:
            os.close(self.fd)
            raise
        self.note(None)

    def note(self, java: Seen | None) -> None:
        """Writes who holds the directory, for whoever comes next."""
        text = json.dumps({"owner": seen(os.getpid()), "java": java}).encode()
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, text, 0)

    def release(self) -> None:
        """Lets go; the file stays, an unlocked one means nothing."""
        os.close(self.fd)

    def _take(self) -> None:
        began = time.monotonic()
        ended = False
        while not self._try():
            owner, java = self._holders()
            waited = time.monotonic() - began
            if (owner and owner.running()) or waited > _FREED_S:
                raise self._in_use(owner)
            if java and waited > _DYING_S and not ended:
                end(java)
                ended = True
            time.sleep(_TICK_S)

    def _try(self) -> bool:
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holders(self) -> tuple[Seen | None, Seen | None]:
        try:
            told = json.loads(os.pread(self.fd, 4096, 0))
            owner, java = told["owner"], told["java"]
        except (ValueError, KeyError, TypeError):
            return None, None
        return (Seen(*owner) if owner else None), (Seen(*java) if java else None)

    def _in_use(self, owner: Seen | None) -> Stop:
        who = f"process {owner.pid}" if owner else "another process"
        return Stop(
            "DIR_IN_USE",
            f"{who} already runs a Kafka node on this data directory",
            where=Place(file=str(self._path.parent)),
            fix="stop that process, or give this hub a data directory of its own",
        )
