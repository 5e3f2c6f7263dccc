"""One hub per data folder: a lock that ends with the last process of that hub.

It lies on an open file that every supervised process inherits (flock(2)), so a hub that was killed
with `kill -9` holds it until its processes have ended too: two of a kind never work side by side.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from preau.broker.lock import Seen, seen
from preau.errors import Place, Stop

NAME = "hub.lock"
ENDING_S = 30.0
"""How long the processes of a hub that died may take to end, in seconds."""
_TICK_S = 0.05


@contextmanager
def only_hub(folder: Path, patience_s: float = ENDING_S) -> Iterator[int]:
    """Holds the folder and gives the lock's file descriptor, for the processes to inherit.

    Raises `Stop` (HUB_RUNNING) at once when another hub runs there.
    """
    fd = _open(folder)
    try:
        _take(fd, folder, patience_s)
        os.ftruncate(fd, 0)
        os.pwrite(fd, json.dumps(seen(os.getpid())).encode(), 0)
        yield fd
    finally:
        os.close(fd)


def _open(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Stop(
            "DATA_DENIED",
            f"the data folder cannot be written ({error.strerror})",
            where=Place(file=str(folder), field="PREAU_DATA"),
            fix="give this user the right to write there, or choose another folder",
        ) from error


def _take(fd: int, folder: Path, patience_s: float) -> None:
    limit = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = _owner(fd)
            if (owner is not None and owner.running()) or time.monotonic() > limit:
                raise _running(folder, owner) from None
            time.sleep(_TICK_S)
        else:
            return


def _owner(fd: int) -> Seen | None:
    try:
        return Seen(*json.loads(os.pread(fd, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _running(folder: Path, owner: Seen | None) -> Stop:
    who = f"process {owner.pid}" if owner else "another process"
    return Stop(
        "HUB_RUNNING",
        f"{who} already runs a hub on this data folder",
        where=Place(file=str(folder), field="PREAU_DATA"),
        fix="stop it, or give this hub a data folder of its own with PREAU_DATA",
    )
