"""Reads an XML file as a stream: gives the elements asked for by their path, keeps nothing else.

The bytes pass `XmlGuard` first, then lxml's push parser without DTD, entities or network. Whatever
lies on no asked path is dropped as it is read. A file that ends or breaks in the middle gives the
elements before that, then a `SetAside` that says where.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import BinaryIO, NamedTuple

from lxml import etree

from preau.errors import Place, SetAside
from preau.readers.xml_guard import XmlGuard
from preau.readers.xml_parser import Entities, fault, pull_parser

_CHUNK = 65_536
#: Bytes of one element asked for (UTF-8), or without the end of any; the largest real ones have
#: some 10,000.
MAX_RECORD = 1_048_576
#: Bytes, and elements, without one asked for: of the sections that nobody reads, the largest have
#: some 10 million and some 200,000.
MAX_IDLE = 16_777_216
MAX_SKIPPED = 400_000

Path = tuple[str, ...]


class Found(NamedTuple):
    """An element: `path` is its name and its ancestors', without the root; the root's is empty.

    The root is given first, as soon as it opens, with its attributes only; every other one when it
    ends, whole. An element is emptied when the next one is asked for.
    """

    path: Path
    element: etree._Element


class XmlStream:
    """One file being read; `wanted` are the paths of the elements to give."""

    def __init__(self, name: str, wanted: Collection[Path]) -> None:
        self._name = name
        self._wanted = frozenset(wanted)
        self._guard = XmlGuard(name)
        self._parser = pull_parser()
        self._entities = Entities()
        self._open: list[Path] = []  # of what is open, down to the wanted element
        self._inside = 0  # how many are open, the wanted element that is being read included
        self._count = self._since = self._idle = self._skipped = 0

    def read(self, stream: BinaryIO) -> Iterator[Found]:
        """The root, then the wanted elements; raises `SetAside` where no more can be read."""
        while chunk := stream.read(_CHUNK):
            yield from self._give(self._guard.feed(chunk))
        yield from self._give(self._guard.close())
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise self._broken(error, ended=True) from None

    def _give(self, text: str) -> Iterator[Found]:
        self._entities.see(text)
        data = text.encode()
        broken: etree.XMLSyntaxError | None = None
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError as error:
            broken = error
        self._since += len(data)
        self._idle += len(data)
        # The elements before the fault are given, whatever the size of the chunks.
        yield from self._elements()
        if broken is not None:
            raise self._broken(broken, ended=False)
        if self._since > MAX_RECORD or self._idle > MAX_IDLE or self._skipped > MAX_SKIPPED:
            what = f"too long without the end of a record, after {self._count} records"
            raise self._refusal("XML_RECORD_SIZE", what, (f"at most {MAX_RECORD} bytes each",))

    def _elements(self) -> Iterator[Found]:
        # No generator per element: a hostile file has millions that nobody asked for.
        for event, element in self._parser.read_events():
            if event == "start":
                if (found := self._opened(element)) is not None:
                    yield found
            elif self._inside > 1:
                self._inside -= 1
            else:
                self._skipped += 1
                if self._inside:
                    self._count += 1
                    self._inside = self._idle = self._skipped = 0
                    yield Found(self._open[-1], element)
                self._since = 0
                self._open.pop()
                _forget(element)

    def _opened(self, element: etree._Element) -> Found | None:
        """The root when it is this; nothing otherwise."""
        if self._inside:
            self._inside += 1
            return None
        if not self._open:
            self._open.append(())
            return Found((), element)
        path = (*self._open[-1], str(element.tag))
        self._open.append(path)
        if path in self._wanted:
            self._inside = 1
        return None

    def _broken(self, error: etree.XMLSyntaxError, *, ended: bool) -> SetAside:
        # lxml's message may quote the file; its code and line say enough.
        kind = fault(error)
        line = f"line {error.lineno}, after {self._count} records"
        if ended and self._entities.cut_short(error):
            return self._refusal("XML_TRUNCATED", f"the file stops before its end, at {line}")
        return self._refusal("XML_BROKEN", f"not well-formed XML at {line}: {kind}")

    def _refusal(self, code: str, what: str, known: tuple[str, ...] = ()) -> SetAside:
        return SetAside(code, what, where=Place(file=self._name), known=known, fix=_FIXES[code])


def _forget(element: etree._Element) -> None:
    """Empties an element and takes out those before it.

    It stays itself until the next one ends: the parser may still be adding the text after it.
    """
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and parent[0] is not element:
        del parent[0]


_FIXES = {
    "XML_TRUNCATED": "send the whole file again; the records before this were read",
    "XML_BROKEN": "send the file as the State's application made it; the records before were read",
    "XML_RECORD_SIZE": "send the file as the State's application made it: no record is so long",
}
