"""A folder that one process works in at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from preau.errors import PreauError

NAME = ".verrou"


@contextmanager
def alone(folder: Path, taken: PreauError) -> Iterator[None]:
    """Holds a folder that exists; raises `taken` when another process holds it.

    The lock (flock(2)) ends with the process, however it ends.
    """
    with (folder / NAME).open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise taken from None
        yield
