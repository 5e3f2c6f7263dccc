"""Where the records lie that an import could not read, for whoever must mend them in the file."""

from __future__ import annotations

from preau.imports.difference import Encode
from preau.imports.shown import shown

MOST = 100
"""Places kept of one import."""


class Noted:
    """Encodes as it is told, and keeps (file, place, code) of the first records set aside."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self.file = ""
        self.places: list[tuple[str, str, str]] = []

    def __call__(self, record: str, fields: dict[str, object]) -> bytes:
        if record == "set_aside" and len(self.places) < MOST:
            place = str(fields["path"]).partition(" ")[2]
            self.places.append((shown(self.file), place, str(fields["code"])))
        return self._encode(record, fields)
