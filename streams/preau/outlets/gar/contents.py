"""The XML files of a set, read from its archive; a hostile archive is told and never unpacked."""

from __future__ import annotations

import tarfile
import zlib
from pathlib import Path
from typing import NamedTuple

MOST_FILES, MOST_BYTES = 20_000, 2 * 1024**3
"""Of one set, unpacked."""


class Unpacked(NamedTuple):
    """Name → bytes; `trouble`: (file, what) of what was not read."""

    files: dict[str, bytes]
    trouble: list[tuple[str, str]]


def unpacked(path: Path) -> Unpacked:
    """What is in this archive, in memory; nothing is written anywhere."""
    found = Unpacked({}, [])
    left = MOST_BYTES
    try:
        with tarfile.open(path, "r:gz") as tar:
            for member in tar:
                left -= member.size
                if left < 0 or len(found.files) >= MOST_FILES:
                    found.trouble.append((path.name, "more than a set may hold"))
                    break
                _take(tar, member, found)
    except (OSError, EOFError, tarfile.TarError, zlib.error):
        found.trouble.append((path.name, "not a whole .tar.gz"))
    return found


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, found: Unpacked) -> None:
    name = member.name.removeprefix("./")
    if not member.isfile() or "/" in name or "\\" in name:
        found.trouble.append((name, "not an ordinary file at the top"))
    elif name in found.files:
        found.trouble.append((name, "twice in the archive"))
    else:
        stream = tar.extractfile(member)
        found.files[name] = b"" if stream is None else stream.read()
