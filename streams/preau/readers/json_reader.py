"""Reads JSON files: one event, events one after the other (or one per line), or one array of them.

The file is cut at the end of each top-level value by counting brackets outside texts, so that
memory stays bounded whatever the file holds; each event then passes `json_guard`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.readers.piece import Piece
from preau.readers.told import NOTHING, Told

_CHUNK = 65_536
_BOM = b"\xef\xbb\xbf"
_BETWEEN = re.compile(rb"[ \t\r\n,]*")
_MARK = re.compile(rb'["\\\[\]{}]')
_IN_TEXT = re.compile(rb'["\\]')


class JsonReader:
    """The reader of vendors whose events are JSON already; it needs to be told nothing."""

    def __init__(self, told: Told = NOTHING) -> None:
        self._told = told

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """One piece per top-level object; an event that fails the guard is a piece with a problem.

        Raises `SetAside` when the file ends inside an event or is not made of JSON objects.
        """
        cutter = _Cutter(name)
        count = 0
        while chunk := stream.read(_CHUNK):
            for body in cutter.feed(chunk):
                count += 1
                yield _piece(body, f"record {count}", name)
        cutter.close()

    def parse(self, body: bytes) -> object:
        """The plain values of one event; raises `SetAside` when it fails the guard."""
        return json_guard.read(body)


def _piece(body: bytes, path: str, name: str) -> Piece:
    try:
        json_guard.check(body)
    except SetAside as error:
        told = error.at(Place(file=name, field=path))
        return Piece(None, b"", path, told if isinstance(told, SetAside) else error)
    return Piece(None, body, path)


class _Cutter:
    """Finds where each top-level object ends; keeps no more of one than the guard would accept."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._first = True
        self._floor = 0  # 1 inside the array that holds the events
        self._depth = 0
        self._in_text = self._escaped = False
        self._kept = bytearray()

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The objects that end in this chunk."""
        if self._first:
            chunk = self._opening(chunk)
        at = 0
        while at < len(chunk):
            if self._depth == self._floor:
                at = self._between(chunk, at)
                continue
            end = self._inside(chunk, at)
            self._keep(chunk[at:end])
            at = end
            if self._depth == self._floor:
                yield bytes(self._kept)
                self._kept.clear()

    def close(self) -> None:
        """Raises when the file stops in the middle of something."""
        if self._depth or self._floor:
            fix = "send the whole file again: it was cut short"
            what = "the file ends inside an event"
            raise SetAside("JSON_TRUNCATED", what, where=Place(file=self._name), fix=fix)

    def _opening(self, chunk: bytes) -> bytes:
        chunk = bytes(self._kept) + chunk
        self._kept.clear()
        if _BOM.startswith(chunk):
            self._keep(chunk)  # the mark may be cut in two
            return b""
        stripped = chunk.removeprefix(_BOM).lstrip()
        if not stripped:
            return b""
        self._first = False
        if stripped[:1] == b"[":
            self._floor = self._depth = 1
            return stripped[1:]
        return stripped

    def _between(self, chunk: bytes, at: int) -> int:
        """Passes over what separates two objects; gives the place of the next one."""
        at = _BETWEEN.match(chunk, at).end()  # type: ignore[union-attr]  # it matches nothing too
        letter = chunk[at : at + 1]
        if letter in (b"{", b"["):
            self._depth += 1
            self._keep(letter)
        elif letter == b"]" and self._floor:
            self._floor = self._depth = 0
        elif letter:
            what = "something stands outside any object or array"
            known = ("one object", "objects one after the other", "one array of objects")
            place = Place(file=self._name)
            fix = "send events as JSON objects, in UTF-8"
            raise SetAside("JSON_NOT_EVENTS", what, where=place, known=known, fix=fix)
        return at + 1

    def _inside(self, chunk: bytes, at: int) -> int:
        """Goes to the end of the object, or of the chunk; gives the place reached."""
        if self._escaped:
            self._escaped = False
            at += 1
        while found := (_IN_TEXT if self._in_text else _MARK).search(chunk, at):
            at = found.end()
            mark = found.group()
            if mark == b"\\":
                if at == len(chunk):
                    self._escaped = True
                at += 1
            elif mark == b'"':
                self._in_text = not self._in_text
            elif mark in (b"{", b"["):
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == self._floor:
                    return at
        return len(chunk)

    def _keep(self, part: bytes) -> None:
        # One byte more than the guard accepts is enough for it to refuse.
        room = json_guard.MAX_BYTES + 1 - len(self._kept)
        self._kept += part[:room]
