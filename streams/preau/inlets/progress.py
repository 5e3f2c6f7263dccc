"""How far a file has been read, on disk beside it, so that a killed reader goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

_CHUNK = 1 << 20


@dataclass
class Progress:
    """Pieces 0 to `done` - 1 of the file with this SHA-256 are acknowledged by Kafka.

    `unread` columns of it are passed over.
    """

    sha256: str
    done: int = 0
    taken: int = 0
    more: int = 0
    unread: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)


def beside(file: Path) -> Path:
    """Where the progress of a file is kept."""
    return file.with_name(f".{file.name}.progres")


def read_progress(file: Path) -> Progress:
    """The progress of a file; none yet, or another file's, is a beginning."""
    sha256 = _sha256(file)
    try:
        said = json.loads(beside(file).read_text("utf-8"))
        progress = Progress(**said)
    except (OSError, ValueError, TypeError):
        return Progress(sha256)
    if progress.sha256 != sha256:
        return Progress(sha256)
    progress.problems = [(place, code) for place, code in progress.problems]
    return progress


def write_progress(file: Path, progress: Progress) -> None:
    """Replaces the progress at once and durably: never half of it, whatever ends the process."""
    place = beside(file)
    fresh = place.with_name(place.name + "-neuf")
    with fresh.open("w", encoding="utf-8") as sink:
        json.dump(asdict(progress), sink)
        sink.flush()
        os.fsync(sink.fileno())
    fresh.replace(place)


def _sha256(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()
