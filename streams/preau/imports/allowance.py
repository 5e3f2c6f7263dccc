"""How much a set may unpack: real bytes are counted, never those that an archive claims."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from preau.errors import SetAside
from preau.imports.shown import place

CHUNK = 256 * 1024
"""Bytes read and written at a time."""
MIB, GIB = 1024**2, 1024**3


class Limits(NamedTuple):
    """The measures of a set; sizes in bytes.

    The State's XML shrinks 15 to 30 times; zip and gzip shrink 1,032 times at most, zeros only.
    `spared` bytes unpack at any ratio; `reserve` stays free on the disk.
    """

    files: int = 20_000
    total: int = 32 * GIB
    reserve: int = 1 * GIB
    ratio: int = 250
    spared: int = 16 * MIB


LIMITS = Limits()


class Allowance:
    """What one set has used of its measures, over all its archives."""

    def __init__(self, room: Path, limits: Limits) -> None:
        self.limits = limits
        free = shutil.disk_usage(room).free - limits.reserve
        self._left = max(0, min(limits.total, free))
        self._files = 0

    def file(self, name: str) -> None:
        """Counts one file, folder or member; raises `SetAside` (IMPORT_MANY)."""
        self._files += 1
        if self._files > self.limits.files:
            raise too_many(name, self.limits.files)

    def claim(self, name: str, size: int) -> None:
        """Refuses an archive that says itself that it is too large, before a byte is unpacked."""
        if size > self._left:
            raise self._too_large(name)

    def take(self, name: str, size: int) -> None:
        """Counts bytes that were unpacked; raises `SetAside` (IMPORT_SIZE)."""
        self._left -= size
        if self._left < 0:
            raise self._too_large(name)

    def weigh(self, name: str, unpacked: int, packed: int) -> None:
        """Raises `SetAside` (IMPORT_RATIO) for bytes that no real file shrinks to."""
        limits = self.limits
        if unpacked > limits.spared and unpacked > limits.ratio * max(1, packed):
            fix = "this archive was made to fill a disk: do not open it; ask who sent it"
            known = (f"at most {limits.ratio} to 1",)
            what = f"{unpacked} bytes out of {packed}, and more to come"
            raise SetAside("IMPORT_RATIO", what, where=place(name), known=known, fix=fix)

    def _too_large(self, name: str) -> SetAside:
        known = (f"at most {self.limits.total} bytes", f"{self.limits.reserve} bytes stay free")
        fix = "free the disk, or import the set in parts"
        what = "the set unpacks to more than may be"
        return SetAside("IMPORT_SIZE", what, where=place(name), known=known, fix=fix)


def too_many(name: str, most: int) -> SetAside:
    """The refusal of a set of too many files."""
    fix = "give the folder of the State's files only"
    known = (f"at most {most}",)
    return SetAside("IMPORT_MANY", "too many files", where=place(name), known=known, fix=fix)
