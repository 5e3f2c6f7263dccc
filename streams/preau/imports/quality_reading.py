"""Reads a set as an import does, for its quality report only: nothing is compared, kept or sent."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from preau.imports.fileset import SetFile, gathered
from preau.imports.findings import SchoolQuality
from preau.imports.quality import Quality
from preau.imports.source import Source
from preau.mapping.said import Said

_TICK = 500
_SCRATCH = "qualite-"


def read_quality(
    source: Source,
    paths: Sequence[Path],
    room: Path,
    now_ms: int,
    progress: Callable[[int, int], None],
) -> list[SchoolQuality]:
    """The report of a set; what it needs on disk lies below `room` while it works.

    Raises `SetAside` when the set, or one of its files, cannot be read to its end.
    """
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        _swept(room),
        tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=room) as own,
        gathered(paths, Path(own), source.connector.card.files) as files,
        Quality(Path(own)) as quality,
    ):
        of, done = sum(file.size for file in files), 0
        for file in files:
            _look(source, file, quality, now_ms, partial(_further, progress, done, of))
            done += file.size
        return quality.report()


@contextmanager
def _swept(room: Path) -> Iterator[None]:
    """Takes away what a killed report left (unpacked files, perhaps); others may go on beside."""
    with (room / ".qualite").open("w") as held:
        with suppress(OSError):  # another report goes on: whoever comes first next time sweeps
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for left in room.glob(f"{_SCRATCH}*"):
                shutil.rmtree(left)
        fcntl.flock(held, fcntl.LOCK_SH)
        yield


def _look(
    source: Source, file: SetFile, quality: Quality, now_ms: int, tell: Callable[[int], None]
) -> None:
    """One file; what cannot be read of it, or is set aside, is no matter of this report."""
    reader = source.reader(now_ms * 1_000)
    with file.path.open("rb") as stream:
        for number, piece in enumerate(reader.split(stream, file.name)):
            if number % _TICK == 0:
                tell(stream.tell())
            if piece.problem is None:
                said = (source.instance, piece.event, None, piece.body, now_ms, "", 0, 0)
                drafts, _ = source.normaliser.normalise(Said(*said, piece.path))
                quality.look(file.name, piece.path, drafts)


def _further(progress: Callable[[int, int], None], done: int, of: int, read: int) -> None:
    progress(done + read, of)
