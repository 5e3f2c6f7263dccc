"""Where a person decides of the imports that wait; a thread sends, and no page waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Any

import structlog

from preau.app.control import Control
from preau.app.imports import importer_for, note_decision, runs
from preau.errors import Place, PreauError, SetAside, TryAgain, frames
from preau.imports.importer import Importer, Publish
from preau.imports.turns import BEGUN
from preau.inlets.intake import Intake
from preau.store.imports import HELD, SENDING, ImportRun
from preau.web.reading import Category, ImportShown

log = structlog.get_logger()


class ImportsDesk:
    """The decisions; `publish` is this process's way to Kafka, from any thread."""

    def __init__(self, control: Control, publish: Publish) -> None:
        self._control = control
        self._publish = publish
        self._turn = Lock()
        self._under_way: dict[str, Thread] = {}
        self._troubles: dict[str, str] = {}
        self._closing = Event()

    def last(self) -> list[ImportShown]:
        """The last imports and every one that has not ended, newest first."""
        book = runs(self._control)
        known = {run.id: run for run in (*book.unended(), *book.last())}
        found = sorted(known.values(), key=lambda run: (run.began, run.id), reverse=True)
        with self._turn:
            going, troubles = set(self._under_way), dict(self._troubles)
        return [_shown(run, run.id in going, troubles.get(run.id, "")) for run in found]

    def confirm(self, id_: str, actor: str) -> None:
        """Begins to send it; raises `SetAside` (IMPORT_UNKNOWN, IMPORT_NOT_HELD)."""
        run = self._waiting(id_)
        importer = importer_for(self._control, run)
        with self._turn:
            if id_ in self._under_way:
                return
            note_decision(self._control, "import.confirmed", run, actor)
            sending = Thread(target=self._send, args=(importer, run), name=f"import-{id_}")
            self._under_way[id_] = sending
            self._troubles.pop(id_, None)
            sending.start()

    def drop(self, id_: str, actor: str) -> None:
        """Gives it up; raises `SetAside` as `confirm` does."""
        run = self._waiting(id_)
        if run.result.get(BEGUN):
            where, fix = Place(field="id"), "confirm it: it must be sent whole"
            what = "a part of this import may have been sent"
            raise SetAside("IMPORT_BEGUN", what, where=where, fix=fix)
        note_decision(self._control, "import.dropped", run, actor)
        importer_for(self._control, run).drop(run)

    def close(self) -> None:
        """Ends what is being sent after its block: it stays SENDING, and may be sent again."""
        self._closing.set()
        with self._turn:
            going = list(self._under_way.values())
        for thread in going:
            thread.join()

    def _waiting(self, id_: str) -> ImportRun:
        where = Place(field="id")
        run = runs(self._control).get(id_)
        if run is None:
            fix = "see the list of imports"
            raise SetAside("IMPORT_UNKNOWN", "no import has this id", where=where, fix=fix)
        if run.state not in {HELD, SENDING}:
            what, fix = f"this import is {run.state}", "nothing is left to decide"
            raise SetAside("IMPORT_NOT_HELD", what, where=where, fix=fix)
        return run

    def _send(self, importer: Importer, run: ImportRun) -> None:
        trouble = ""
        try:
            importer.release(run, self._publish_block)
            log.info("import sent", id=run.id, instance=run.instance)
        except PreauError as error:
            trouble = error.code
            log.warning("import not sent", id=run.id, code=trouble)
        except Exception as error:
            trouble = type(error).__name__
            log.error("import failed", id=run.id, kind=trouble, at=frames(error))  # noqa: TRY400
        with self._turn:
            del self._under_way[run.id]
            if trouble:
                self._troubles[run.id] = trouble

    def _publish_block(self, letters: Sequence[Intake]) -> None:
        if self._closing.is_set():
            fix = "confirm the import again: nothing is doubled"
            raise TryAgain("IMPORT_PAUSED", "the process of the pages ends", fix=fix)
        self._publish(letters)


@contextmanager
def open_desk(control: Control, publish: Publish) -> Iterator[ImportsDesk]:
    """A desk, closed at the end."""
    desk = ImportsDesk(control, publish)
    try:
        yield desk
    finally:
        desk.close()


def _shown(run: ImportRun, under_way: bool, trouble: str) -> ImportShown:  # noqa: FBT001
    result = run.result
    return ImportShown(
        *(run.id, run.instance, run.connector, run.state),
        under_way,
        trouble,
        run.began,
        run.ended or None,
        str(result.get("day", "")),
        int(result.get("read", 0)),
        int(result.get("letters", 0)),
        tuple(result.get("set_aside", {}).items()),
        _categories(result),
        run.reasons,
        str(result.get("uai", "")),
    )


def _categories(result: Mapping[str, Any]) -> tuple[Category, ...]:
    """By name; one that is in no file any more is told too, with what was removed of it."""
    records, *changes = (
        result.get(part, {}) for part in ("categories", "added", "changed", "removed")
    )
    names = sorted({*records, *changes[-1]})
    return tuple(
        Category(name, records.get(name, 0), *(each.get(name, 0) for each in changes))
        for name in names
    )
