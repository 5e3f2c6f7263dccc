"""Reads a set as an import does, for its quality report only: nothing is compared, kept or sent."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from preau.canon.draft import Draft
from preau.imports.fileset import Progress, gathered, opened, told_name
from preau.imports.findings import SchoolQuality
from preau.imports.quality import Quality
from preau.imports.source import Source
from preau.mapping.said import Said
from preau.readers.piece import Piece

_TICK = 500
_SCRATCH = "qualite-"


def read_quality(
    source: Source,
    paths: Sequence[Path],
    room: Path,
    now_ms: int,
    progress: Progress,
) -> list[SchoolQuality]:
    """The report of a set; what it needs on disk lies below `room` while it works.

    Raises `SetAside` when the set, or one of its files, cannot be read to its end.
    """
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    reader = source.reader(now_ms * 1_000)
    with (
        _swept(room),
        tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=room) as own,
        gathered(paths, Path(own), source.connector.card.files) as files,
        Quality(Path(own)) as quality,
    ):
        for file, stream, tell in opened(files, progress):
            for number, piece in enumerate(reader.split(stream, told_name(file))):
                if number % _TICK == 0:
                    tell(stream.tell())
                if piece.problem is None:
                    quality.look(file.name, piece.path, _drafts(source, piece, now_ms))
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


def _drafts(source: Source, piece: Piece, now_ms: int) -> list[Draft]:
    """What a piece gives; what is set aside of it is no matter of this report."""
    said = (source.instance, piece.event, None, piece.body, now_ms, "", 0, 0, piece.path)
    return source.normaliser.normalise(Said(*said))[0]
