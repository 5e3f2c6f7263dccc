"""From one row of a dropped file to the JSON event that it is, as the folder's declaration says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from preau.errors import Place, SetAside
from preau.readers.csv_rows import Flaw
from preau.readers.dropped_file import DroppedFile, Held
from preau.readers.onde_ids import plain
from preau.readers.told import Told


class RowEvent:
    """Makes events of one kind of file; the same row of the same file gives the same bytes."""

    def __init__(self, form: DroppedFile, told: Told) -> None:
        self._form = form
        self._told = told
        self._columns = {head: path.split(".") for head, path in form.columns.items()}

    def check(self, name: str) -> None:
        """Raises `SetAside` when an id is to be hashed and there is no key for it."""
        if self._form.keyed and self._told.hide is None:
            what, fix = "ids are hashed here, and there is no key", "tell the operator"
            raise SetAside("CSV_HASH", what, where=Place(file=name), fix=fix)

    def body(
        self, texts: Mapping[str, str], held: Held | None, beyond: Sequence[str] = ()
    ) -> bytes:
        """The event of these values (header → text, then those after the last header).

        A blank value is not there. Raises `Flaw`: CSV_KEY when one that makes an id is blank,
        FILE_ID when one does not lead to the product's own id.
        """
        event: dict[str, Any] = {}
        for path, value in self._form.fixed.items():
            put(event, path.split("."), value)
        stamp, group = held or Held()
        for paths, value in ((self._form.stamp, stamp), (self._form.group, group)):
            for path in paths if value != "" else ():
                put(event, path.split("."), value)
        for path, text in zip(self._form.beyond, beyond, strict=False):
            if text:
                put(event, path.split("."), text)
        for header, text in texts.items():
            if text and header in self._columns:
                put(event, self._columns[header], self._said(header, text))
        for path, headers in self._form.keyed.items():
            put(event, path.split("."), self._key(texts, headers))
        return orjson.dumps(event)

    def _said(self, header: str, text: str) -> object:
        if header in self._form.ine:
            return self._told.hidden(text)
        if header in self._form.ids:
            own = self._form.own_id(header, text)
            if own is None:
                what = "the value does not lead to the product's own id"
                raise Flaw("FILE_ID", what, header)
            return own
        parts = text.split(self._form.split[header]) if header in self._form.split else None
        return text if parts is None else [part.strip() for part in parts if part.strip()]

    def _key(self, texts: Mapping[str, str], headers: tuple[str, ...]) -> str:
        blank = next((header for header in headers if not texts.get(header)), None)
        if blank is not None:
            raise Flaw("CSV_KEY", "the value is missing, and an id is made of it", blank)
        assert self._told.hide is not None  # noqa: S101 - `check` was asked before
        parts = (plain(texts[header]) for header in headers)
        return self._told.hide("\0".join(("row", self._form.event, *parts)))


def put(event: dict[str, Any], path: list[str], value: object) -> None:
    """Sets the value at a path of names, making the objects on its way."""
    for step in path[:-1]:
        event = event.setdefault(step, {})
    event[path[-1]] = value
