"""One dropped file, from pick-up to its end: read piece by piece, acknowledged batch by batch."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from preau.clock import Clock
from preau.errors import Place, SetAside
from preau.inlets.aside import Encode, aside
from preau.inlets.intake import Heard, Intake, Speaker, accepted, may_say
from preau.inlets.motifs import kept
from preau.inlets.progress import Progress, read_progress, write_progress
from preau.inlets.setdrop import TakeSet
from preau.keys.ine import Mask
from preau.readers import open_reader
from preau.readers.by_name import ByName
from preau.readers.piece import Piece, Reader
from preau.readers.told import Told

BATCH = 500
MAX_FILE = 2 * 1024**3
Publish = Callable[[Sequence[Intake]], None]
"""Returns when every record is acknowledged by Kafka; raises `TryAgain` otherwise."""


class Tools(NamedTuple):
    """What reading a file needs from outside: Kafka, Avro, the time, and the deployment's hashes.

    `mask` takes an INE's place; `hide` makes an id of a personal text (see `preau.readers.told`);
    `take_set` imports what a source of full states drops.
    """

    publish: Publish
    encode: Encode
    clock: Clock
    mask: Mask | None = None
    hide: Callable[[str], str] | None = None
    take_set: TakeSet | None = None


class Reading:
    """The reading of one file in `en-cours`; `run` may be called again after any interruption."""

    def __init__(self, speaker: Speaker, file: Path, tools: Tools) -> None:
        self._voice = speaker
        self._file = file
        self._tools = tools
        self.progress = Progress("")

    def run(self) -> None:
        """Publishes every piece not yet acknowledged.

        Raises `SetAside` where the file cannot be read further, `TryAgain` when Kafka does not
        answer (the file stays, and goes on from the last acknowledged batch).
        """
        before = _fit(self._file)
        self.progress = read_progress(self._file)
        tools = self._tools
        told = Told(academy=self._voice.academy, mask=tools.mask, hide=tools.hide)
        reader = open_reader(self._voice.reader, told, self._voice.dropped)
        with self._file.open("rb") as stream:
            pieces = reader.split(stream, self._file.name)
            self._publish(reader, islice(pieces, self.progress.done, None))
        if isinstance(reader, ByName):
            self.progress.unread = reader.unread
        if _fit(self._file) != before:
            fix = "drop the file again once its copy has ended"
            raise SetAside("FILE_CHANGED", "the file changed while it was read", fix=fix)

    def _publish(self, reader: Reader, pieces: Iterator[Piece]) -> None:
        batch: list[Piece] = []
        try:
            for piece in pieces:
                batch.append(piece)
                if len(batch) == BATCH:
                    self._send(reader, batch)
                    batch = []
        except SetAside:  # what was read before the fault is whole: it is kept
            self._send(reader, batch)
            raise
        self._send(reader, batch)

    def _send(self, reader: Reader, batch: Sequence[Piece]) -> None:
        if not batch:
            return
        self._tools.publish([self._record(reader, piece) for piece in batch])
        self.progress.done += len(batch)
        write_progress(self._file, self.progress)

    def _record(self, reader: Reader, piece: Piece) -> Intake:
        now = self._tools.clock.now_ms()
        problem = piece.problem
        if problem is None:
            try:
                heard = Heard(piece.body, reader.parse(piece.body), piece.event, path=piece.path)
                may_say(self._voice, heard)
                made = accepted(self._voice, heard, now).intake
            except SetAside as why:
                problem = why
            else:
                self.progress.taken += 1
                return made
        if kept(self.progress.problems):
            self.progress.problems.append((piece.path, problem.code))
        else:
            self.progress.more += 1
        file, encode = self.progress.sha256, self._tools.encode
        return aside(self._voice, file, piece.path, piece.event, problem, now, encode)


def _fit(file: Path) -> tuple[int, int]:
    """The size and time of an ordinary file of a bearable size; else `SetAside`."""
    found = os.lstat(file)
    where = Place(field="file")
    if not stat.S_ISREG(found.st_mode):
        raise SetAside("FILE_KIND", "not an ordinary file", where=where, fix="drop a plain file")
    if found.st_size == 0:
        raise SetAside("FILE_EMPTY", "0 bytes", where=where, fix="drop the whole file")
    if found.st_size > MAX_FILE:
        known = (f"at most {MAX_FILE} bytes",)
        raise SetAside(
            "FILE_SIZE", f"{found.st_size} bytes", where=where, known=known, fix="cut it"
        )
    return found.st_size, found.st_mtime_ns
