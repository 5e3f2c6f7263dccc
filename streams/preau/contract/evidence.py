"""All that the promises look at in one folder: its files, and what its connector makes of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from preau.canon.draft import Draft
from preau.catalogue.catalogue import Connector, open_connector
from preau.contract.rehearsal import Heard, Speaker, listen
from preau.errors import FixTheFolder
from preau.mapping.normaliser import Context
from preau.mapping.refusal import Refusal
from preau.mapping.said import Said

#: The digest key of every expected file; a deployment has its own.
CONTEXT = Context(b"expected files are exact")


def event_of(name: str) -> str:
    """The vendor's event that a sample's name starts with: `GROUP--without-id` shows `GROUP`."""
    return name.partition("--")[0]


class Evidence:
    """One folder, opened once; a folder that does not open still shows its files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.resolve().name
        self.mappings = _files(path / "mapping", ".yaml")
        self.samples = _files(path / "samples")
        self.expected = _files(path / "expected", ".json")
        self.connector: Connector | None = None
        self.trouble: FixTheFolder | None = None
        try:
            self.connector = open_connector(path)
            self._normaliser = self.connector.normaliser(CONTEXT)
        except FixTheFolder as error:
            self.connector, self.trouble = None, error

    def normalise(self, said: Said) -> tuple[list[Draft], list[Refusal]]:
        """What the mapping makes of one event; raises the folder's trouble when it has one."""
        if self.trouble is not None:
            raise self.trouble
        return self._normaliser.normalise(said)

    def rehearse(self, sample: str) -> list[Heard]:
        """What one sample gives."""
        if self.connector is None:
            return []
        file = self.samples[sample]
        stream = io.BytesIO(file.read_bytes())
        speaker = Speaker(self.name)
        return list(listen(self.connector, self._normaliser, stream, file.name, speaker))

    @cached_property
    def heard(self) -> dict[str, list[Heard]]:
        """What each sample gives; nothing when the folder does not open."""
        return {name: heard for name in self.samples if (heard := self.rehearse(name))}

    @property
    def drafts(self) -> Iterator[tuple[str, Draft]]:
        """Every canonical record of every sample, with the sample's name."""
        for name, pieces in self.heard.items():
            yield from ((name, draft) for piece in pieces for draft in piece.drafts)


def _files(folder: Path, ending: str = "") -> dict[str, Path]:
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {
        f.stem: f for f in found if f.is_file() and f.name[0] != "." and f.name.endswith(ending)
    }
