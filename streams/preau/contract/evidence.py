"""All that the promises look at in one folder: its files, and what its connector makes of them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from preau.canon.draft import Draft
from preau.catalogue.catalogue import Connector, open_connector
from preau.contract.rehearsal import RECEIVED_AT, Heard, Speaker, listen
from preau.errors import FixTheFolder
from preau.mapping.normaliser import Context
from preau.mapping.refusal import Refusal
from preau.mapping.said import Said


def _second(_instance: str) -> str:
    return "SECOND"


#: The digest key of every expected file; a deployment has its own. A product of both degrees is
#: heard as an instance that its operator declared of the second: without a degree, no number of the
#: State could be shown.
CONTEXT = Context(b"expected files are exact", _second)


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
        #: Operation (`GROUP_PUT`) → the plain values of its file.
        self.outlets: Mapping[str, object] = {}
        self.connector: Connector | None = None
        self.trouble: FixTheFolder | None = None
        try:
            self.connector = open_connector(path)
            self._normaliser = self.connector.normaliser(CONTEXT)
            outlets = self.connector.outlets
            self.outlets = {n.replace("-", "_").upper(): raw for n, raw in outlets.items()}
        except FixTheFolder as error:
            self.connector, self.trouble = None, error

    def normalise(self, said: Said) -> tuple[list[Draft], list[Refusal]]:
        """What the mapping makes of one event; raises the folder's trouble when it has one."""
        if self.trouble is not None:
            raise self.trouble
        return self._normaliser.normalise(said)

    def rehearse(self, sample: str, received_at: int = RECEIVED_AT) -> list[Heard]:
        """What one sample gives when it is received at this moment, in milliseconds UTC."""
        if self.connector is None:
            return []
        file = self.samples[sample]
        stream = io.BytesIO(file.read_bytes())
        speaker = Speaker(self.name, received_at)
        return list(listen(self.connector, self._normaliser, stream, file.name, speaker))

    @cached_property
    def heard(self) -> dict[str, list[Heard]]:
        """What each sample gives; nothing when the folder does not open."""
        samples = self.samples if self.connector is not None else ()
        return {name: self.rehearse(name) for name in samples}

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
