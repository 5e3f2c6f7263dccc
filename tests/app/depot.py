"""A deposit folder of an académie, watched as the hub watches it, with a Kafka that may be down."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from preau.app.control import Control
from preau.app.imports import runs
from preau.app.set_taking import SetTaking
from preau.canon.codec import encode
from preau.clock import SetClock
from preau.errors import TryAgain
from preau.inlets.filedrop import STABLE_FOLDER_MS, STABLE_MS, FileDrop
from preau.inlets.filework import Tools
from preau.inlets.intake import Intake, Speaker
from preau.store.imports import ImportRun
from tests.imports.conftest import Academie

ACADEMIE = "academie"


class Depot:
    """A deposit folder, a Kafka that may be down, and who writes the files."""

    def __init__(self, control: Control, folder: Path) -> None:
        self.control, self.own = control, folder / "depot" / ACADEMIE
        self.own.mkdir(parents=True)
        self.author = Academie(folder, control.settings.database)
        self.clock = SetClock(1_795_500_000_000)
        self.stop = threading.Event()
        self.written: list[Intake] = []
        self.down = False
        self.take = SetTaking(control, self.publish, self.stop)
        tools = Tools(
            self.publish,
            encode,
            self.clock,
            control.digests.mask,
            control.digests.hidden,
            self._take,
        )
        self.drop = FileDrop(folder / "depot", control.droppers, tools)

    def publish(self, letters: Sequence[Intake]) -> None:
        if self.down:
            raise TryAgain("KAFKA_WRITE", "no broker")
        self.written += letters

    def restarted(self) -> None:
        """Another process, which knows only what is on disk."""
        self.stop = threading.Event()
        self.take = SetTaking(self.control, self.publish, self.stop)

    def folder(self, files: Path, name: str = "septembre.complet") -> None:
        """Drops a folder as one set."""
        shutil.copytree(files, self.own / name)

    def settle(self) -> int:
        ended = self.drop.round()
        self.clock.advance(max(STABLE_MS, STABLE_FOLDER_MS))
        return ended + self.drop.round()

    def text(self, name: str) -> str:
        """The report on what was dropped under this name."""
        places = (
            self.own / "traites" / f"{name}.bilan.txt",
            self.own / f"refuses/{name}.motif.txt",
        )
        (found,) = [place for place in places if place.exists()]
        return found.read_text("utf-8")

    def last(self) -> ImportRun:
        return runs(self.control).last()[0]

    def _take(self, speaker: Speaker, path: Path, *, partial: bool) -> ImportRun:
        return self.take(speaker, path, partial=partial)
