"""Reads AAF of the first degree: as AAF, and each class and group as an object of its own.

There the structures list no classes: only the pupils say theirs, `structure$?$?$id$label`. Said
once per file, a class has one state, which stays when a pupil leaves it. Source: entcore's feeder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson

from preau.readers.aaf import AafReader
from preau.readers.piece import Piece, Skip
from preau.readers.told import NOTHING, Told

#: Attribute of a pupil → the name of the thing that it says, and what stands before its id.
_SAID = {"ENTPersonClasses": ("Classe", ""), "ENTPersonGroupes": ("Groupe", "G$")}
_PUPIL = "Eleve"
_CLASSES = re.compile(rb'<attr name="ENTPerson(?:Classes|Groupes)">(.*?)</attr>', re.DOTALL)
_VALUE = re.compile(rb"<value>([^<]*)</value>")
#: Classes remembered at once; the largest académie has about 12,000. Beyond, one may be said twice.
MAX_REMEMBERED = 100_000


class FirstDegreeReader:
    """The reader of AAF 1D; what it is told counts where a file says nothing."""

    def __init__(self, told: Told = NOTHING) -> None:
        self._aaf = AafReader(told)

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """The pieces of the file, each class and group just before the first pupil who says it.

        Raises `SetAside` where the file cannot be read further.
        """
        groups = _Groups()
        for piece in self._aaf.split(stream, name):
            if piece.event == _PUPIL and piece.problem is None:
                yield from groups.said_by(piece)
            yield piece

    def split_new(self, stream: BinaryIO, name: str, skip: Skip) -> Iterator[Piece]:
        """The same, but for what `skip` says may be passed over; each class is said all the same.

        The first pupil of a file who says a class is read whatever `skip` would say.
        """
        groups, met = _Groups(), _Met()

        def skip_but_first(category: str, id_: str, data: bytes) -> bool:
            return (category != _PUPIL or met.before(data)) and skip(category, id_, data)

        for piece in self._aaf.split_new(stream, name, skip_but_first):
            if piece.event == _PUPIL and piece.problem is None:
                yield from groups.said_by(piece)
            yield piece

    def parse(self, body: bytes) -> object:
        """The plain values of one piece; raises `SetAside` when it is not sound JSON."""
        return self._aaf.parse(body)


class _Met:
    """The classes that the pupils of one file have said, and lists of them, as they are written."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()

    def before(self, pupil: bytes) -> bool:
        """Whether this pupil says no class that was not said before in the file."""
        lists = _CLASSES.findall(pupil)
        if self._known.issuperset(lists):  # most pupils say what another one of their class said
            return True
        said = {value for inner in lists for value in _VALUE.findall(inner)}
        met = said <= self._known
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known.update(said, lists)
        return met


class _Groups:
    """The classes and groups of one file; one that has two labels is given twice."""

    def __init__(self) -> None:
        self._known: set[tuple[str, str]] = set()

    def said_by(self, pupil: Piece) -> Iterator[Piece]:
        """Those that this pupil is the first to say; one without its id is none."""
        values = orjson.loads(pupil.body) if pupil.values is None else pupil.values
        for attribute, (category, before) in _SAID.items():
            for structure, _, _, number, label in values["attributes"].get(attribute, ()):
                id_ = f"{structure}${before}{number}"
                if structure and number and self._is_new((id_, label)):
                    group = {"id": id_, "structure": structure, "label": label}
                    # a pupil's change says all of a class that it names
                    said = {"operation": "add", "category": category}
                    body = orjson.dumps({**said, **group, "header": values["header"]})
                    yield Piece(category, body, pupil.path)

    def _is_new(self, group: tuple[str, str]) -> bool:
        if group in self._known:
            return False
        if len(self._known) >= MAX_REMEMBERED:
            self._known.clear()
        self._known.add(group)
        return True
