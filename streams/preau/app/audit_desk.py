"""Where the audit chain is read, proved, exported, and its days are closed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa
import structlog

from preau.app.control import Control
from preau.errors import Place, PreauError, SetAside, Stop
from preau.store import audit
from preau.store.audit_chain import Entry, Link, Root
from preau.store.audit_file import Book, entry_line, lines, read_book, read_entries, root_line
from preau.store.audit_proof import Held, Proof, prove
from preau.store.audit_roots import (
    close_days,
    forget,
    last_gone,
    root_so_far,
    roots,
    signing_key,
)

LOOK_S = 30.0
"""How often a process looks whether a day is over."""
log = structlog.get_logger()


class AuditDesk:
    """The chain of this hub; what it reads it reads as it is now, and changes no entry."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def close_days(self) -> list[Root]:
        """Signs the roots of the days that are over; forgets entries that are older than a year."""
        now = self._control.clock.now_ms()
        with self._control.engine.begin() as connection:
            made = close_days(connection, signing_key(connection, self._control.master), now)
            gone = forget(connection, now)
        if made or gone:
            log.info("audit days closed", roots=len(made), forgotten=gone)
        return made

    def entries(self, after: int, limit: int) -> list[dict[str, Any]]:
        """The entries that follow this number, at most so many, as the export says them."""
        with self._control.engine.connect() as connection:
            return [entry_line(each) for each in audit.entries(connection, after, limit)]

    def roots(self) -> dict[str, Any]:
        """The public key, every root, and that of the day that is not over."""
        book = self._book("")
        end = None if book.end is None else root_line(book.end, "end")
        said = [root_line(each) for each in book.roots]
        return {"public_key": book.public.hex(), "roots": said, "end": end}

    def verify(self, held: Path | None) -> Proof:
        """Goes along the whole chain; `held` is an export that somebody else kept.

        Raises `SetAside` (AUDIT_FILE, AUDIT_OTHER_HUB).
        """
        book = self._book("")
        outside = _outside(held, book.public)
        known_gone = last_gone(self._control.clock.now_ms())
        with self._control.engine.connect() as connection:
            end = audit.head(connection)
            place = Held(
                *(book.public, roots(connection), Link(end.seq, end.digest), outside),
                kept_from=_day_after(known_gone),
            )
            return prove(audit.every(connection), place)

    def export(self, target: Path, since: str, until: str, *, entries: bool = True) -> Path:
        """Writes the chain, or only its roots, of these UTC days ("" for no bound) to a file.

        A folder gets a file named by its days. Raises `Stop` (AUDIT_EXPORT).
        """
        book = self._book(until)
        file = target / f"audit-{since or 'debut'}-{until or 'fin'}.jsonl"
        file = file if target.is_dir() else target
        with self._control.engine.connect() as connection:
            chain = _between(connection, since, until) if entries else iter(())
            _write(file, lines(book, chain))
        return file

    def _book(self, until: str) -> Book:
        """The roots up to this day, and the present end when there is no such bound."""
        self.close_days()
        now = self._control.clock.now_ms()
        with self._control.engine.begin() as connection:
            key = signing_key(connection, self._control.master)
            known = tuple(root for root in roots(connection) if not until or root.day <= until)
            end = None if until else root_so_far(connection, key, now)
        return Book(key.public, known, end)


def verify_file(file: Path, held: Path | None) -> tuple[bytes, Proof]:
    """Goes along an export, no hub at hand: its public key, and what was found."""
    book = read_book(file)
    mine = () if book.end is None else (book.end,)
    outside = (*mine, *_outside(held, book.public))
    return book.public, prove(read_entries(file), Held(book.public, book.roots, None, outside))


@contextmanager
def days_closed(desk: AuditDesk, look_s: float = LOOK_S) -> Iterator[None]:
    """Closes days as they end, in a thread, as long as this lasts."""
    stop = Event()
    thread = Thread(target=_keep_closing, args=(desk, stop, look_s), name="audit")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep_closing(desk: AuditDesk, stop: Event, look_s: float) -> None:
    while True:
        try:
            desk.close_days()
        except PreauError as error:  # a busy database: the day is closed a moment later
            log.warning("audit days not closed", code=error.code)
        if stop.wait(look_s):
            return


def _between(connection: sa.Connection, since: str, until: str) -> Iterator[Entry]:
    for entry in audit.every(connection):
        if until and entry.day > until:
            return
        if entry.day >= since:
            yield entry


def _outside(held: Path | None, public: bytes) -> Sequence[Root]:
    if held is None:
        return ()
    book = read_book(held)
    if book.public != public:
        where, fix = Place(file=str(held)), "give roots of this hub, or the file of that one"
        what = "these roots were signed by another hub, or the hub's key was replaced"
        raise SetAside("AUDIT_OTHER_HUB", what, where=where, fix=fix)
    return (*book.roots, *(() if book.end is None else (book.end,)))


def _day_after(day: str) -> str:
    """Sorts after every moment of that day, and before the next one."""
    return f"{day}~"


def _write(file: Path, said: Iterator[bytes]) -> None:
    """The whole file or none, readable by its owner only."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
        with os.fdopen(handle, "wb") as sink:
            sink.writelines(said)
        Path(name).replace(file)
    except OSError as error:
        what = f"the export cannot be written: {error.strerror}"
        fix = "give a file in a folder where you may write"
        raise Stop("AUDIT_EXPORT", what, where=Place(file=str(file)), fix=fix) from error
