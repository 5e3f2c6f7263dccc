"""A worker never outlives its supervisor: it ends when the pipe to its parent closes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

LAST_WORDS_S = 10.0
"""A killed hub takes its Kafka with it: what cannot be finished by then will be done again."""
EX_TEMPFAIL = 75


def follow_parent() -> None:
    """Ends this process when the other end of standard input closes: SIGTERM, then at once.

    The supervisor holds that end; however it dies, `kill -9` included, the kernel closes it.
    """
    threading.Thread(target=_wait, name="follow-parent", daemon=True).start()


def _wait() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_WORDS_S)
    os._exit(EX_TEMPFAIL)
