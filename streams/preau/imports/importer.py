"""One import from beginning to end: read and compare, perhaps wait for a person, then send.

```
<data>/imports/<instance>/snapshot.db       what the source said at its last import
<data>/imports/<instance>/snapshot-<UAI>.db the same, of a school whose files are its own
<data>/imports/<instance>/values.db         its last words, sealed, where delta files may come
<data>/imports/<instance>/<id>/fresh.db     what it says now, until it is sent
<data>/imports/<instance>/<id>/letters      what is to be sent, sealed
```
Nothing leaves before the whole set was read. The new state takes the place of the old one only
when Kafka has everything: an import that is killed is sent again, and nothing is doubled.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from preau.errors import Place, SetAside, Stop
from preau.ids import owned_id
from preau.imports.comparison import FRESH, LETTERS, SNAPSHOT, VALUES, Comparison, kept_file
from preau.imports.fileset import Progress
from preau.imports.last_values import settle
from preau.imports.letters import read_letters
from preau.imports.order import Hearer, Order, Tools, silent
from preau.imports.source import Source
from preau.imports.turns import BEGUN, Turns, school
from preau.inlets import motifs
from preau.inlets.folder_lock import alone
from preau.inlets.intake import Intake
from preau.store.imports import DONE, HELD, READING, REFUSED, SENDING, ImportRun
from preau.store.snapshots import Snapshot

__all__ = ["Hearer", "Importer", "Order", "Publish", "Tools"]

Publish = Callable[[Sequence[Intake]], None]
"""Returns when every record is acknowledged by Kafka; raises `TryAgain` otherwise."""


class Importer:
    """The imports of one source."""

    def __init__(self, source: Source, tools: Tools) -> None:
        self._source = source
        self._tools = tools
        self._own = tools.folder / source.instance
        self._turns = Turns(tools.runs, tools.clock, source.instance, self._own)
        self._comparison = Comparison(source, tools, self._turns, self._own)

    def prepare(self, order: Order) -> ImportRun:
        """Reads and compares a set; the import is then SENDING (nothing holds it), HELD or REFUSED.

        A rehearsal comes back the same way and leaves no trace. Raises `Stop` (IMPORT_TAKEN).
        """
        now = self._tools.clock.now_ms()
        id_ = owned_id(self._tools.clock)
        run = ImportRun(id_, self._source.instance, self._source.name, READING, now, 0, {}, ())
        room = self._own / id_
        with self._alone():
            self._turns.sweep()
            room.mkdir(mode=0o700, parents=True)
            self._put(run, order)
            try:
                run = self._comparison.compare(run, order, room)
            except SetAside as why:
                run = self._turns.ended(run, REFUSED, motifs.told(why))
            if order.rehearse or run.state == REFUSED:
                shutil.rmtree(room)
            if run.state in {HELD, SENDING} and not order.rehearse:
                self._turns.supersede(run)
            self._put(run, order)
        return run

    def release(
        self,
        run: ImportRun,
        publish: Publish,
        progress: Progress = silent,
        confirmed: Callable[[], None] = lambda: None,
    ) -> ImportRun:
        """Sends what an import holds, then makes it the last state of its source.

        `confirmed` returns when everything is acknowledged, if `publish` does not wait for that.

        It is SENDING meanwhile. Called again after a failure, or a kill, it sends everything again,
        word for word. Raises `TryAgain`, `Stop` (IMPORT_DAMAGED, IMPORT_NOT_HELD, IMPORT_TAKEN).
        """
        with self._alone():
            run = self._turns.waiting(run)
            run = run._replace(state=SENDING, result={**run.result, BEGUN: True})
            self._tools.runs.put(run)
            room, sent = self._own / run.id, 0
            of = int(run.result.get("letters", 0))
            for block in read_letters(room / LETTERS, self._tools.key, run.id):
                publish(block)
                sent += len(block)
                progress(sent, of)
            confirmed()
            if self._tools.keys() is not None:  # else nobody asks for them any more
                settle(room, kept_file(self._own, VALUES, school(run)))
            if (room / FRESH).exists():  # else it took its place before the process was killed
                (room / FRESH).replace(kept_file(self._own, SNAPSHOT, school(run)))
            run = self._turns.ended(run, DONE)
            self._tools.runs.put(run)
            shutil.rmtree(room)
        return run

    def drop(self, run: ImportRun) -> ImportRun:
        """Gives an import up of which nothing ever left.

        One that was sent in part may only be sent whole (`Stop`, IMPORT_BEGUN), unless what it was
        to send is damaged: the next set then says everything again. Raises `Stop` as `release`.
        """
        with self._alone():
            run = self._turns.waiting(run)
            if run.result.get(BEGUN):
                self._must_be_damaged(run)
                with Snapshot(kept_file(self._own, SNAPSHOT, school(run))) as last:
                    last.state({"edition": ""})
            return self._turns.give_up(run)

    def forget_values(self) -> None:
        """Removes what was kept for changes of parts; raises `Stop` (IMPORT_TAKEN)."""
        with self._alone():
            for file in self._own.glob(f"**/{VALUES}*"):
                file.unlink()

    def _must_be_damaged(self, run: ImportRun) -> None:
        try:
            for _ in read_letters(self._own / run.id / LETTERS, self._tools.key, run.id):
                pass
        except (Stop, OSError):
            return
        what = "a part of this import may have been sent"
        fix = f"send it whole: preau import confirm {run.id}; then import the right set"
        raise Stop("IMPORT_BEGUN", what, where=Place(field="ID"), fix=fix)

    def _put(self, run: ImportRun, order: Order) -> None:
        if not order.rehearse:
            self._tools.runs.put(run)

    def _alone(self) -> AbstractContextManager[None]:
        """Holds the source for this process."""
        self._own.mkdir(mode=0o700, parents=True, exist_ok=True)
        what = "another import of this instance goes on"
        where, fix = Place(field=self._source.instance), "wait until it has ended"
        return alone(self._own, Stop("IMPORT_TAKEN", what, where=where, fix=fix))
