"""What a file or a folder looks like from outside, to tell whether its copy has ended."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

MOST = 20_000
"""Entries of a folder that are looked at; with more it is no set, and is refused later."""


def shape(path: Path) -> tuple[int, int]:
    """(bytes, time of change in ns) of a file; of a folder, of all that it holds, and how much.

    Links are not followed. Raises `OSError` when it is gone.
    """
    found = os.lstat(path)
    if not stat.S_ISDIR(found.st_mode):
        return found.st_size, found.st_mtime_ns
    size = count = newest = 0
    for entry in _below(path):
        size += entry.st_size
        count += 1
        newest = max(newest, entry.st_mtime_ns)
    return size, hash((count, newest))


def _below(folder: Path) -> Iterator[os.stat_result]:
    waiting, left = [str(folder)], MOST
    while waiting and left:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                left -= 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                yield entry.stat(follow_symlinks=False)
                if not left:
                    return
