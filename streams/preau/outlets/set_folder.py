"""The folder in which the last complete set of a directory service lies, for its owner's eyes only.

Unlike other files for ENTs a set names people: it is written under mode 0600, whole or not at all,
and takes the place of the one before, of which nothing is left.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

MARK = "_Complet_"
"""What the names of all files of sets have in common."""


def put_set(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes these, then removes whatever is left of other sets; raises `OSError`."""
    for name, content in files.items():
        part = folder / f".{name}.part"
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    remove_sets(folder, keep=frozenset(files))
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def remove_sets(folder: Path, keep: frozenset[str] = frozenset()) -> int:
    """Removes sets, whole or half written; how many files."""
    found = [each for each in _sets(folder) if each.name not in keep]
    for each in found:
        each.unlink(missing_ok=True)
    return len(found)


def remove_older(folder: Path, before_ms: int) -> int:
    """The same, of sets written before that moment."""
    old = [each for each in _sets(folder) if each.lstat().st_mtime * 1000 < before_ms]
    for each in old:
        each.unlink(missing_ok=True)
    return len(old)


def _sets(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if MARK in each.name and not each.is_dir()]
