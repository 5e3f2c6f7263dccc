"""A worker never outlives its supervisor: it ends when the pipe to its parent closes."""

from __future__ import annotations

import os
import signal
import sys
import threading


def follow_parent() -> None:
    """Ends this process with SIGTERM when the other end of standard input closes.

    The supervisor holds that end; however it dies, `kill -9` included, the kernel closes it.
    """
    threading.Thread(target=_wait, name="follow-parent", daemon=True).start()


def _wait() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
