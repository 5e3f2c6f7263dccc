"""Reads the State's AAF files (SDET annexe 4): one piece per request, in bounded memory.

The envelope is `ficAlimMENESR.dtd`: addRequest, modifyRequest, deleteRequest. The bytes pass
`XmlGuard` first, then lxml's push parser without DTD, entities or network; each record leaves the
tree as soon as it is read. A file that ends or breaks in the middle gives the records before it,
then a `SetAside` that says where.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import orjson
from lxml import etree

from preau.errors import Place, SetAside
from preau.readers import json_guard
from preau.readers.aaf_cutter import Cutter
from preau.readers.aaf_header import Header
from preau.readers.aaf_plain import Plain, cut, fit, read_plain
from preau.readers.aaf_record import (
    OPERATIONS,
    Flaw,
    Record,
    category,
    identifier,
    read,
    told,
)
from preau.readers.piece import Piece, Skip
from preau.readers.told import NOTHING, Told
from preau.readers.xml_guard import XmlGuard
from preau.readers.xml_parser import Entities, fault, pull_parser

_CHUNK = 65_536
#: Bytes of one record (UTF-8), and of what stands between two; the largest real ones have 10,000.
MAX_RECORD = 1_048_576
_ROOT = "ficAlimMENESR"
#: Records unlike the DTD before the whole file is refused: it is another kind of file.
_MAX_STRANGE = 1_000
_MAX_BODY = 4 * MAX_RECORD


class AafReader:
    """The reader of AAF; what it is told counts where a file says nothing."""

    def __init__(self, told: Told = NOTHING) -> None:
        self._told = told

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """One piece per request of the file; raises `SetAside` where it cannot be read further."""
        return self._split(stream, name, None)

    def split_new(self, stream: BinaryIO, name: str, skip: Skip) -> Iterator[Piece]:
        """The same, but for the records that `skip` says may be passed over."""
        return self._split(stream, name, skip)

    def _split(self, stream: BinaryIO, name: str, skip: Skip | None) -> Iterator[Piece]:
        run = _Run(name, Header(name, self._told), self._told, skip)
        while chunk := stream.read(_CHUNK):
            yield from run.feed(chunk)
        yield from run.close()

    def parse(self, body: bytes) -> object:
        """The plain values of one piece; raises `SetAside` when it is not sound JSON."""
        return json_guard.read(body, _MAX_BODY)


class _Run:
    """One file being read: usual records by `aaf_plain`, everything else by the parser.

    What the parser gets is the file without the usual records: its errors are told with the lines
    that it did not see. It sees everything from the first thing that is unusual between records.
    """

    def __init__(self, name: str, header: Header, facts: Told, skip: Skip | None) -> None:
        self._name = name
        self._header = header
        self._told = facts
        self._skip = skip
        self._guard = XmlGuard(name)
        self._parser = pull_parser((_ROOT, *OPERATIONS))
        self._entities = Entities()
        self._said: dict[str, str] | None = None
        self._root: etree._Element | None = None
        self._count = self._strange = self._since = self._unseen = 0
        self._cutter = Cutter()

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """The pieces that end in this chunk."""
        yield from self._take(self._guard.feed(chunk))

    def close(self) -> Iterator[Piece]:
        """The last pieces; raises when the file is not whole."""
        yield from self._take(self._guard.close())
        if (part := self._cutter.rest()) is not None:
            yield from self._give(part.text)
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise self._broken(error, ended=True) from None
        if self._root is None:
            raise self._refusal("AAF_NOT_AAF", f"the file's root is not {_ROOT}", (_ROOT,))
        self._check_left(self._root)

    def _take(self, text: str) -> Iterator[Piece]:
        self._header.feed(text)
        self._cutter.feed(text)
        while (part := self._cutter.take()) is not None:
            self._unseen += part.blank
            pieces = self._usual(part.text) if part.record else None
            if pieces is not None:
                yield from pieces
                continue
            before = self._count
            yield from self._give(part.text)
            if part.record and self._count != before + 1:
                self._cutter.doubt()
        if self._cutter.waiting > MAX_RECORD:
            raise self._too_long()

    def _usual(self, text: str) -> tuple[Piece, ...] | None:
        """The piece of a usual record, nothing when it is passed over; None: ask the parser."""
        record = cut(text)
        if record is None or len(text) > MAX_RECORD:
            return None
        data = text.encode()
        pieces: tuple[Piece, ...] = ()
        if self._skip is None or not self._skip(record.category, record.id, data):
            piece = self._read(record) if fit(data) else None
            if piece is None:
                return None
            pieces = (piece,)
        self._count += 1
        self._unseen += text.count("\n")
        return pieces

    def _read(self, record: Plain) -> Piece | None:
        """The piece of a record; None when only the parser can read it."""
        path = f"record {self._count + 1}"
        try:
            read = read_plain(record, self._told.hidden)
        except Flaw as flaw:
            why = told(flaw, self._name, path)
            return Piece(record.category, b"", path, why, None, record.id)
        return None if read is None else self._made(read, path)

    def _give(self, text: str) -> Iterator[Piece]:
        """What the parser makes of this text."""
        self._entities.see(text)
        data = text.encode()
        broken: etree.XMLSyntaxError | None = None
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError as error:
            broken = error
        self._since += len(data)
        # The records before the fault are given, whatever the size of the chunks.
        yield from self._pieces()
        if broken is not None:
            raise self._broken(broken, ended=False)
        if self._since > MAX_RECORD:
            raise self._too_long()

    def _pieces(self) -> Iterator[Piece]:
        for event, element in self._parser.read_events():
            parent = element.getparent()
            if event == "start":
                if parent is None and self._root is None:
                    self._root = element
            elif self._root is not None and parent is self._root:
                self._since = 0
                yield self._piece(element)
                self._forget(element, self._root)

    def _piece(self, element: etree._Element) -> Piece:
        self._count += 1
        path = f"record {self._count}"
        record = read(element, self._name, path, self._told.hidden)
        if isinstance(record, SetAside):
            self._strange += record.code == "AAF_STRUCTURE"
            return Piece(category(element), b"", path, record, None, identifier(element))
        return self._made(record, path)

    def _made(self, record: Record, path: str) -> Piece:
        if self._said is None:
            self._said = self._header.values()
        values = {**record._asdict(), "header": self._said}
        return Piece(record.category, orjson.dumps(values), path, None, values)

    def _forget(self, element: etree._Element, root: etree._Element) -> None:
        element.clear()
        while root[0] is not element:
            self._check_left_one(root[0])
            del root[0]
        del root[0]
        if self._strange > _MAX_STRANGE:
            what = f"{self._strange} records unlike the DTD"
            raise self._refusal("AAF_NOT_AAF", what, tuple(OPERATIONS))

    def _check_left(self, root: etree._Element) -> None:
        for left in root:
            self._check_left_one(left)

    def _check_left_one(self, left: etree._Element) -> None:
        if left.tag not in OPERATIONS:
            what = f"an element between two records, after record {self._count}"
            raise self._refusal("AAF_NOT_AAF", what, tuple(OPERATIONS))

    def _broken(self, error: etree.XMLSyntaxError, *, ended: bool) -> SetAside:
        # lxml's message may quote the file; its code and line say enough.
        kind = fault(error)
        line = f"line {(error.lineno or 0) + self._unseen}, after {self._count} records"
        if ended and self._entities.cut_short(error):
            return self._refusal("XML_TRUNCATED", f"the file stops before its end, at {line}")
        return self._refusal("XML_BROKEN", f"not well-formed XML at {line}: {kind}")

    def _too_long(self) -> SetAside:
        what = f"more than {MAX_RECORD} bytes without the end of a record"
        return self._refusal("AAF_RECORD_SIZE", what, (f"at most {MAX_RECORD} bytes",))

    def _refusal(self, code: str, what: str, known: tuple[str, ...] = ()) -> SetAside:
        return SetAside(code, what, where=Place(file=self._name), known=known, fix=_FIXES[code])


_FIXES = {
    "XML_TRUNCATED": "send the whole file again; the records before this were read",
    "XML_BROKEN": "send the file as the académie made it; the records before this were read",
    "AAF_RECORD_SIZE": "send the file as the académie made it: a real record has 10,000 bytes",
    "AAF_NOT_AAF": "send an AAF file, whose records are requests as ficAlimMENESR.dtd says",
}
