"""The imports of one source that have not ended: which give way to a newer one, which must not.

Only whoever holds the source (`Importer`) may ask.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from preau.clock import Clock
from preau.errors import Place, SetAside, Stop
from preau.store.imports import DROPPED, HELD, READING, SENDING, ImportRun, ImportRuns

BEGUN = "begun"
"""In the result of an import of which something may have been sent."""


class Turns:
    """`own` is the source's folder: each import that has not ended has a room of its own in it."""

    def __init__(self, runs: ImportRuns, clock: Clock, instance: str, own: Path) -> None:
        self._runs = runs
        self._clock = clock
        self._instance = instance
        self._own = own

    def ended(self, run: ImportRun, state: str, *reasons: str) -> ImportRun:
        """The import as it ends now."""
        now = self._clock.now_ms()
        return run._replace(state=state, ended=now, reasons=(*run.reasons, *reasons))

    def sweep(self) -> None:
        """Ends what was being read when its process was killed: nobody reads it any more."""
        for run in self._unended():
            if run.state == READING:
                self.give_up(run)

    def check(self, uai: str, *, part: bool) -> None:
        """Raises `SetAside` when a set of this school may not be compared now.

        IMPORT_UNSENT: an earlier one was sent in part, and nobody knows which; IMPORT_WAITS: one
        is held or was not sent yet, and a part of a set says less than that one.
        """
        for run in self._unended():
            if school(run) != uai:
                continue
            if run.result.get(BEGUN):
                fix = f"send it whole first: preau import confirm {run.id}"
                self._refuse("IMPORT_UNSENT", "an earlier import was sent in part", fix)
            if part and run.state in {HELD, SENDING}:
                self._refuse("IMPORT_WAITS", "an import waits for a person", "decide of it first")

    def supersede(self, run: ImportRun) -> None:
        """A newer set takes the place of one that waits for a person or was never sent."""
        for older in self._unended():
            if older.id != run.id and school(older) == school(run):
                self.give_up(older)

    def waiting(self, run: ImportRun) -> ImportRun:
        """The import as it is now; another process may have ended it: then raises `Stop`."""
        now = self._runs.get(run.id) or run
        if now.state not in {HELD, SENDING}:
            what, fix = f"this import is {now.state}", "see `preau import list`"
            raise Stop("IMPORT_NOT_HELD", what, where=Place(field="ID"), fix=fix)
        return now

    def give_up(self, run: ImportRun) -> ImportRun:
        """Ends it without sending it; its room goes."""
        run = self.ended(run, DROPPED)
        self._runs.put(run)
        shutil.rmtree(self._own / run.id, ignore_errors=True)
        return run

    def _unended(self) -> list[ImportRun]:
        return [run for run in self._runs.unended() if run.instance == self._instance]

    def _refuse(self, code: str, what: str, fix: str) -> None:
        raise SetAside(code, what, where=Place(field=self._instance), fix=fix)


def school(run: ImportRun) -> str:
    """The UAI of a school's own files; empty for those of many."""
    return str(run.result.get("uai", ""))
