"""Imports what a source of full states drops; goes on where it was after a kill or an outage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

from preau.app.control import Control
from preau.app.imports import open_importer, runs
from preau.errors import FixTheFolder, SetAside, Stop, TryAgain
from preau.imports.importer import Importer, Order, Publish
from preau.inlets.intake import Intake, Speaker
from preau.inlets.progress import beside
from preau.inlets.publishing import check_records
from preau.inlets.stillness import shape
from preau.store.imports import DONE, DROPPED, HELD, SENDING, ImportRun

_TOLD = frozenset({HELD, SENDING, DONE, DROPPED})


class SetTaking:
    """Takes what was dropped; a file beside it remembers its import until it is put away."""

    def __init__(self, control: Control, publish: Publish, stop: Event) -> None:
        self._control = control
        self._publish = publish
        self._stop = stop
        self._importers: dict[str, Importer] = {}

    def __call__(self, speaker: Speaker, path: Path, *, partial: bool) -> ImportRun:
        """Imports it to its end; see `preau.inlets.setdrop.TakeSet`."""
        try:
            importer = self._importer(speaker.instance)
            run = self._begun(path)
            if run is None:
                self._settle(importer, speaker.instance)
                run = self._prepared(importer, path, partial=partial)
            return self._sent(importer, run) if run.state == SENDING else run
        except (Stop, FixTheFolder) as error:
            if error.code == "IMPORT_DAMAGED":
                beside(path).unlink(missing_ok=True)  # it is read again
            raise TryAgain(
                "IMPORT_BLOCKED",
                f"an import cannot go on now ({error.code})",
                where=error.complaint.where,
                fix=error.complaint.fix,
            ) from error

    def _importer(self, instance: str) -> Importer:
        """Opened once: to compile takes a second; its mandate is asked for each time."""
        records = self._control.publishing(instance)
        check_records(records, frozenset().union(*records.events.values()))
        if instance not in self._importers:
            self._importers[instance] = open_importer(self._control, instance)
        return self._importers[instance]

    def _settle(self, importer: Importer, instance: str) -> None:
        """Sends first what was to be sent before: a set is compared with what Kafka really has."""
        for run in reversed(runs(self._control).unended()):
            if run.instance == instance and run.state == SENDING:
                self._sent(importer, run)

    def _begun(self, path: Path) -> ImportRun | None:
        """Its import, when it was read to its end before this process, or Kafka, went away."""
        try:
            id_ = beside(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        run = runs(self._control).get(id_)
        return run if run is not None and run.state in _TOLD else None

    def _prepared(self, importer: Importer, path: Path, *, partial: bool) -> ImportRun:
        beside(path).unlink(missing_ok=True)
        before = shape(path)
        run = importer.prepare(Order([path], partial=partial, progress=self._go_on))
        waits = run.state in {HELD, SENDING}
        if shape(path) != before:
            if waits:
                importer.drop(run)
            fix = "drop it again once its copy has ended"
            raise SetAside("FILE_CHANGED", "it changed while it was read", fix=fix)
        if waits:
            beside(path).write_text(run.id, "utf-8")
        return run

    def _sent(self, importer: Importer, run: ImportRun) -> ImportRun:
        try:
            return importer.release(run, self._publish_block)
        except Stop as error:
            if error.code == "IMPORT_DAMAGED":
                importer.drop(run)
            raise

    def _publish_block(self, letters: Sequence[Intake]) -> None:
        self._go_on()
        self._publish(letters)

    def _go_on(self, *_: int) -> None:
        if self._stop.is_set():
            fix = "nothing: it is read again when the hub runs"
            raise TryAgain("IMPORT_PAUSED", "the process that reads files ends", fix=fix)
