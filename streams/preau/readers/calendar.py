"""Reads the calendars that a folder's `inlet/files.yaml` declares: each VEVENT is one vendor event.

A broken date is set aside by the line of its BEGIN, and the others go on. What the hub itself put
into the product's calendar must not come back as new: a date is taken only if its UID leads to the
id under which the product knows it (`ids`), and never if the hub's own mark stands on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.readers.content_lines import FIXES, Event, events
from preau.readers.csv_rows import Flaw
from preau.readers.dropped_file import DroppedFile
from preau.readers.piece import Piece
from preau.readers.row_event import RowEvent
from preau.readers.told import Told
from preau.readers.vevent import UID, texts, uid_of


class CalendarReader:
    """The reader of one declared kind of calendar; `unread` is always 0, as it has no columns."""

    unread = 0

    def __init__(self, form: DroppedFile, told: Told) -> None:
        self._form = form
        self._event = RowEvent(form, told)

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """One piece per VEVENT.

        Raises `SetAside` when the file is no calendar (ICS_NOT_ICS), is too large (ICS_SIZE), or
        was cut (ICS_TRUNCATED): then a change of one date may be missing, and nothing is taken.
        """
        found = list(events(stream, name))
        changed = frozenset(filter(None, map(_changed, found)))
        seen: set[str] = set()
        for each in found:
            yield self._piece(each, changed, seen, name)

    def parse(self, body: bytes) -> object:
        """The plain values of one date's event."""
        return json_guard.read(body)

    def _piece(self, each: Event, changed: frozenset[str], seen: set[str], name: str) -> Piece:
        path = f"line {each.line}"
        try:
            said = _once(texts(each, changed), seen)
            body = self._event.body(said, self._form.held(name))
        except Flaw as flaw:
            place = Place(file=name, field=flaw.field or path)
            problem = SetAside(flaw.code, flaw.what, where=place, fix=FIXES[flaw.code])
            return Piece(self._form.event, b"", path, problem)
        return Piece(self._form.event, body, path)


def _once(said: dict[str, str], seen: set[str]) -> dict[str, str]:
    if said[UID] in seen:
        raise Flaw("ICS_EVENT", "its UID stands twice in the file")
    seen.add(said[UID])
    return said


def _changed(event: Event) -> str:
    """The UID of the series of which this is one date, changed; empty when it is none."""
    try:
        return uid_of(event) if "RECURRENCE-ID" in event.said else ""
    except Flaw:
        return ""
