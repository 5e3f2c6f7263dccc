"""A worker never outlives its supervisor, which tells it where Kafka is once Kafka runs.

Both go through standard input: its first line is Kafka's address, its end is the parent's end.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

LAST_WORDS_S = 10.0
"""A killed hub takes its Kafka with it: what cannot be finished by then will be done again."""
EX_TEMPFAIL = 75


class Parent:
    """The supervisor, as its child knows it; however it dies, `kill -9` included, the child ends.

    Then this process gets SIGTERM, and ends at once if that was not enough.
    """

    def __init__(self) -> None:
        self._address = ""
        self._told = threading.Event()
        threading.Thread(target=self._follow, name="parent", daemon=True).start()

    def kafka_address(self) -> str:
        """Kafka's `host:port`; waits until the supervisor has it."""
        self._told.wait()
        return self._address

    def _follow(self) -> None:
        self._address = sys.stdin.readline().strip()
        if not self._address:
            os._exit(EX_TEMPFAIL)  # the hub ended before its Kafka ran: nothing was begun here
        self._told.set()
        while sys.stdin.readline():  # the address again: it never changes
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(LAST_WORDS_S)
        os._exit(EX_TEMPFAIL)
