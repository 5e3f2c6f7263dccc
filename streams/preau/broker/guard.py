"""Stands between the hub and Kafka's Java so that neither a crash nor `kill -9` leaves it behind.

Run as a script: `guard.py OWNER_PID LOCK_FD COMMAND...`; it says Java's pid on stdout, then waits.
When its stdin closes (the hub asked, or died) or its parent changes, it stops Java: SIGTERM, then
SIGKILL. If the guard itself is killed, Linux kills Java for it (prctl(2), PR_SET_PDEATHSIG); on
other systems the next start finds Java by pid and start time. Standard library only: it must start
in milliseconds and outlive everything else.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable

ASKED_S = 30.0  # a clean stop flushes every log; measured: under 1 s
ORPHANED_S = 5.0
_TICK_S = 0.2
_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Runs the command under guard; returns its exit code (128 + n for signal n)."""
    owner, lock, command = int(arguments[0]), int(arguments[1]), arguments[2:]
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    java = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=2,
        stderr=2,
        pass_fds=(lock,),
        preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - one thread only here
    )
    _say(java.pid)
    while java.poll() is None:
        if asked or _told_to_stop():
            return _code(_end(java, ASKED_S))
        if os.getppid() != owner:
            return _code(_end(java, ORPHANED_S))
    return _code(java.returncode)


def _told_to_stop() -> bool:
    ready, _, _ = select.select([0], [], [], _TICK_S)
    return bool(ready)


def _say(pid: int) -> None:
    try:
        os.write(1, f"{pid}\n".encode())
    except OSError:
        return  # the hub is already gone: the loop sees it at once


def _end(java: subprocess.Popen[bytes], patience: float) -> int:
    java.terminate()
    try:
        return java.wait(patience)
    except subprocess.TimeoutExpired:
        java.kill()
        return java.wait()


def _code(status: int) -> int:
    return 128 - status if status < 0 else status


def _die_with(guard: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def before_java() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != guard:  # the guard died in between: nobody would send the signal
            os.kill(os.getpid(), signal.SIGKILL)

    return before_java


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
