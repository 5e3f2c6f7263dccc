"""The search of every byte of a hub: names of pupils in anything, keys in the database's files.

A name is told by its marker, so that one pass over a file finds all names, however many pupils
there are, also one that stands against other letters or in other letters' case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from preau.agents.letter_opening import open_letter
from preau.app.control import Control
from preau.app.personal_records import PersonalRecords
from preau.broker.lookup import Lookup
from preau.broker.topics import declared
from preau.errors import SetAside
from preau.inlets.sealing import KID
from preau.keys.envelope import Unsealer

MARKER = b"nom"
"""In every name: see `tests.rights.town`."""
_BEFORE, _LONGEST = 3, 60
_WINDOW = 1 << 24
_PLACES = frozenset({".index", ".timeindex"})
"""Files of Kafka's that hold places in other files and no byte of a record; ten empty MiB each."""


@dataclass(frozen=True, slots=True)
class Search:
    """Looks through one hub; `database` is where the files of its database are."""

    control: Control
    bootstrap: str
    database: tuple[Path, ...]

    def names(self, wanted: Iterable[str]) -> set[str]:
        """Those of these names that stand anywhere, on the disk or in what a key still opens."""
        known = {name.casefold().encode(): name for name in wanted}
        lengths = sorted({len(name) for name in known})
        files = (part for file in self.files() for part in _windows(file))
        return {
            known[name]
            for source in (files, self._readable())
            for part in source
            for name in _marked(part, lengths)
            if name in known
        }

    def keys(self, wrapped: Iterable[bytes]) -> set[bytes]:
        """Those of these wrapped keys that stand in a file of the database, its log or a rest."""
        held = [file.read_bytes() for file in _below(self.database) if file.is_file()]
        return {key for key in wrapped if any(key in part for part in held)}

    def files(self) -> Iterator[Path]:
        """Kafka's segments, the database and its log, logs, proofs, drops."""
        for file in _below((self.control.settings.folder, *self.database)):
            if file.is_file() and file.suffix not in _PLACES:
                yield file

    def _readable(self) -> Iterator[bytes]:
        """Every record of every topic as it lies, and all that any key that exists still opens."""
        instances = [each.name for each in self.control.instances.all()]
        topics = [topic.name for topic in declared(self.control.catalogue.names(), instances)]
        unsealer, gone = Unsealer(self.control.letter_keys), set[bytes]()
        with Lookup(self.bootstrap) as lookup:
            for record in lookup.records(topics):
                yield b"\n".join((record.key or b"", record.value or b""))
                yield b"\n".join(record.headers.values())
                kid = record.headers.get(KID, b"")
                if kid in gone:  # asked for once: its key was destroyed
                    continue
                try:
                    yield open_letter(unsealer, record).value or b""
                except SetAside:
                    gone.add(kid)
        for found in PersonalRecords(self.control, lambda: self.bootstrap).opened():
            yield json.dumps(found.pii, ensure_ascii=False, default=str).encode()


def _below(folders: Iterable[Path]) -> list[Path]:
    return sorted({file for folder in folders for file in (folder, *folder.rglob("*"))})


def _windows(file: Path) -> Iterator[bytes]:
    """A file in parts that overlap, so that no name is cut."""
    try:
        with file.open("rb") as read:
            before = b""
            while part := read.read(_WINDOW):
                yield before + part
                before = part[-_LONGEST:]
    except FileNotFoundError:
        return  # a file of Kafka's or of the database's that went meanwhile


def _marked(part: bytes, lengths: Sequence[int]) -> Iterator[bytes]:
    """Whatever may be a name of these lengths: from each marker on, or from what may precede it."""
    lower = part.lower()
    at = lower.find(MARKER)
    while at >= 0:
        for first in (at, max(0, at - _BEFORE)):
            yield from (lower[first : first + length] for length in lengths)
        at = lower.find(MARKER, at + 1)
