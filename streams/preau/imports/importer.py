"""One import from beginning to end: read and compare, perhaps wait for a person, then send.

```
<data>/imports/<instance>/snapshot.db       what the source said at its last import
<data>/imports/<instance>/snapshot-<UAI>.db the same, of a school whose files are its own
<data>/imports/<instance>/<id>/fresh.db     what it says now, until it is sent
<data>/imports/<instance>/<id>/letters      what is to be sent, sealed
```
Nothing leaves before the whole set was read. The new state takes the place of the old one only
when Kafka has everything: an import that is killed is sent again, and nothing is doubled.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import NamedTuple, Protocol

from preau.clock import Clock
from preau.errors import Place, SetAside, Stop
from preau.ids import owned_id
from preau.imports import verdicts
from preau.imports.difference import SCHOOL, Act, Difference, Encode, Listener
from preau.imports.fileset import Progress, SetFile, gathered, opened, told_name
from preau.imports.guard import Alarm, alarms
from preau.imports.letters import Letters, read_letters
from preau.imports.source import Source
from preau.imports.tally import Tally, Where
from preau.imports.turns import BEGUN, Turns, school
from preau.inlets import motifs
from preau.inlets.folder_lock import alone
from preau.inlets.intake import Intake
from preau.store.imports import (
    DONE,
    HELD,
    READING,
    REFUSED,
    SENDING,
    ImportRun,
    ImportRuns,
)
from preau.store.snapshots import Snapshot

SNAPSHOT, FRESH, LETTERS = "snapshot.db", "fresh.db", "letters"
Publish = Callable[[Sequence[Intake]], None]
"""Returns when every record is acknowledged by Kafka; raises `TryAgain` otherwise."""


def _silent(_read: int, _of: int) -> None:
    return


class Tools(NamedTuple):
    """What an import needs from outside: where it keeps its files, the books, Avro, the time."""

    folder: Path
    runs: ImportRuns
    encode: Encode
    clock: Clock
    key: bytes


class Hearer(Listener, Protocol):
    """Who listens to a whole import."""

    def ended(self, before: Mapping[Where, int], raised: Sequence[Alarm]) -> None:
        """The objects that there were, by category and place; what would hold the import."""
        ...


class Order(NamedTuple):
    """What a person asks for.

    `partial`: what is absent stays as it was. `rehearse`: compare, keep and send nothing.
    `listener` hears what the set changes, then the counts it was compared with and the alarms.
    """

    paths: Sequence[Path]
    partial: bool = False
    rehearse: bool = False
    progress: Progress = _silent
    listener: Hearer | None = None


class Importer:
    """The imports of one source."""

    def __init__(self, source: Source, tools: Tools) -> None:
        self._source = source
        self._tools = tools
        self._own = tools.folder / source.instance
        self._turns = Turns(tools.runs, tools.clock, source.instance, self._own)

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
                run = self._compare(run, order, room)
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
        progress: Progress = _silent,
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
            if (room / FRESH).exists():  # else it took its place before the process was killed
                (room / FRESH).replace(self._state(school(run)))
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
                with Snapshot(self._state(school(run))) as last:
                    last.state({"edition": ""})
            return self._turns.give_up(run)

    def _must_be_damaged(self, run: ImportRun) -> None:
        try:
            for _ in read_letters(self._own / run.id / LETTERS, self._tools.key, run.id):
                pass
        except (Stop, OSError):
            return
        what = "a part of this import may have been sent"
        fix = f"send it whole: preau import confirm {run.id}; then import the right set"
        raise Stop("IMPORT_BEGUN", what, where=Place(field="ID"), fix=fix)

    def _compare(self, run: ImportRun, order: Order, room: Path) -> ImportRun:
        tally = Tally()
        words = self._source.connector.card.files
        with ExitStack() as stack:
            found = gathered(order.paths, room / "fichiers", words, whole=not order.partial)
            files = stack.enter_context(found)
            said = self._said(files)
            if not order.rehearse:
                self._turns.check(said.get("uai", ""), part=order.partial)
            state = self._state(said.get("uai", ""))
            before = stack.enter_context(Snapshot(state))
            facts = self._facts(said, before, order)
            after = Snapshot(room / FRESH, last=state)
            letters = Letters(room / LETTERS, self._tools.key, run.id)
            told = (run.began, before, after, letters, self._tools.encode)
            act = Act(int(facts["version"]), *told, order.listener)
            schools = {name: uai for name, uai in before.facts.items() if name.startswith(SCHOOL)}
            after.state(facts | schools)
            difference = Difference(self._source, act, tally)
            try:
                for file, stream, tell in opened(files, order.progress):
                    difference.read(stream, file, tell)
                if not order.partial:
                    verdicts.missing(tally.categories, before.categories)
            except BaseException:
                letters.abandon()
                after.close()
                raise
            difference.end(room / FRESH, complete=not order.partial)
            letters.close()
            counts = before.counts()
        named = {name.removeprefix(SCHOOL): uai for name, uai in schools.items()}
        raised = alarms(tally, counts, named)
        if order.listener is not None:
            order.listener.ended(counts, raised)
        result = {**tally.told(), "letters": letters.count, "day": facts.get("day", "")[:10]}
        result |= {"uai": said.get("uai", ""), "partial": order.partial}
        reasons = tuple(alarm.told() for alarm in raised)
        return run._replace(state=HELD if raised else SENDING, result=result, reasons=reasons)

    def _said(self, files: Sequence[SetFile]) -> dict[str, str]:
        """What the files of the set say of themselves, all alike."""
        headers, reader = {}, self._source.reader(0)
        for file in files:
            with file.path.open("rb") as stream:
                pieces = reader.split(stream, told_name(file))
                headers[file.name] = verdicts.first_header(reader, pieces)
        return verdicts.agreed(headers)

    def _facts(self, said: Mapping[str, str], before: Snapshot, order: Order) -> dict[str, str]:
        """What is known of a set that may be compared.

        After a part of a set the edition stays the last one's: the rest is not said again yet.
        """
        now_us, last = self._tools.clock.now_ms() * 1_000, before.facts
        verdicts.check(self._source, said, last)
        version = verdicts.version(said, last, now_us)
        edition = self._source.edition
        if order.partial:
            edition = last.get("edition", edition)
        return {**said, "version": str(version), "edition": edition}

    def _state(self, uai: str) -> Path:
        """The last state of the source, or of one school of it; empty at the first import."""
        return self._own / (f"snapshot-{uai}.db" if uai.isalnum() else SNAPSHOT)

    def _put(self, run: ImportRun, order: Order) -> None:
        if not order.rehearse:
            self._tools.runs.put(run)

    def _alone(self) -> AbstractContextManager[None]:
        """Holds the source for this process."""
        self._own.mkdir(mode=0o700, parents=True, exist_ok=True)
        what = "another import of this instance goes on"
        where, fix = Place(field=self._source.instance), "wait until it has ended"
        return alone(self._own, Stop("IMPORT_TAKEN", what, where=where, fix=fix))
