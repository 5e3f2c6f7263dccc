"""The demo's own data folder: made anew at each start, never beside another demo's.

A folder that the demo did not make is never emptied; what an earlier demo left running there
(after `kill -9`) is waited for before anything is removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from preau.app.hub_lock import only_hub
from preau.app.kafka_address import NODE
from preau.broker.lock import DirLock
from preau.errors import Place, Stop

NAME, LOCK, MARK = "demo", "demo.lock", ".made-by-preau-demo"


@contextmanager
def fresh_folder(data: Path) -> Iterator[Path]:
    """An empty `<data>/demo`, held until the end; what was played stays there to be looked at.

    Raises `Stop`: DEMO_RUNNING, DEMO_FOLDER, and whatever a hub says of a data folder.
    """
    with _alone(data):
        folder = data / NAME
        _empty(folder)
        folder.mkdir(mode=0o700)
        (folder / MARK).touch()
        yield folder


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        fix = "give this user the right to write there, or choose another folder"
        what = f"the data folder cannot be written ({error.strerror})"
        raise Stop("DATA_DENIED", what, where=_at(data), fix=fix) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        fix = "end it with Ctrl-C, or give this one a data folder of its own with PREAU_DATA"
        what = "another demo is being played on this data folder"
        raise Stop("DEMO_RUNNING", what, where=_at(data), fix=fix) from None
    finally:
        os.close(fd)


def _empty(folder: Path) -> None:
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / MARK).exists():
        fix = "move it away, or give the demo another data folder with PREAU_DATA"
        what = "this folder was not made by the demo, which would empty it"
        raise Stop("DEMO_FOLDER", what, where=_at(folder), fix=fix)
    with only_hub(folder):  # the processes of a hub that was killed have ended
        if (folder / NODE).is_dir():
            DirLock(folder / NODE).release()  # and so has its Kafka
    shutil.rmtree(folder)


def _at(folder: Path) -> Place:
    return Place(file=str(folder), field="PREAU_DATA")
