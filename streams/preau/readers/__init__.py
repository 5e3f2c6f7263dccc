"""Readers: from a file as received to pieces, one event each; one reader per file format."""

from __future__ import annotations

from preau.readers.aaf import AafReader
from preau.readers.json_reader import JsonReader
from preau.readers.piece import Reader

#: The readers a connector's card may name.
READERS: dict[str, Reader] = {"json": JsonReader(), "aaf": AafReader()}
