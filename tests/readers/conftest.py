"""AAF files made on the spot, and streams that never hold what they give."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import orjson
import pytest

from preau.readers.aaf import AafReader
from preau.readers.piece import Piece
from preau.readers.told import Told

DOCTYPE = '<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">'


class Pipe(io.RawIOBase):
    """Bytes made while they are read: a file of any size that is in memory nowhere."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts: Iterator[bytes] = iter(parts)
        self._left = b""
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size:
            part = next(self._parts, None)
            if part is None:
                break
            self._left += part
        out, self._left = self._left[:size], self._left[size:]
        self.given += len(out)
        return out


class AafMaker:
    """Writes AAF records, as text, in the State's own shape."""

    def attribute(self, name: str, *values: str) -> str:
        body = "".join(f"<value>{value}</value>" for value in values) or "<value/>"
        return f'<attr name="{name}">{body}</attr>'

    def add(self, category: str, number: str, *attributes: str) -> str:
        about = self.attribute("categoriePersonne", category)
        return (
            f"<addRequest><operationalAttributes>{about}</operationalAttributes>"
            f"<identifier><id>{number}</id></identifier>"
            f"<attributes>{''.join(attributes)}</attributes></addRequest>\n"
        )

    def pupil(self, number: str = "700001", *more: str) -> str:
        return self.add("Eleve", number, self.attribute("ENTPersonJointure", number), *more)

    def file(self, *records: str, head: str = "", comments: str = "") -> str:
        return f"{head}<ficAlimMENESR>{comments}{''.join(records)}</ficAlimMENESR>\n"


@pytest.fixture(scope="session")
def aaf() -> AafMaker:
    return AafMaker()


@pytest.fixture(scope="session")
def doctype() -> str:
    return DOCTYPE


@pytest.fixture(scope="session")
def pipe() -> Callable[[Iterable[bytes]], BinaryIO]:
    def make(parts: Iterable[bytes]) -> BinaryIO:
        return Pipe(parts)  # type: ignore[return-value]  # it reads, and readers only read

    return make


def hide(ine: str) -> str:
    """A mask that shows where an INE stood."""
    return f"ine:{len(ine)}"


@pytest.fixture(scope="session")
def read_aaf() -> Callable[..., list[Piece]]:
    """All pieces of an AAF file given as text (then UTF-8) or as bytes."""

    def read(
        file: str | bytes, name: str = "Eleve_0000.xml", academy: str | None = None
    ) -> list[Piece]:
        body = file.encode() if isinstance(file, str) else file
        return list(AafReader(Told(academy, mask=hide)).split(io.BytesIO(body), name))

    return read


@pytest.fixture(scope="session")
def values() -> Callable[[Piece], dict[str, object]]:
    """The plain values of a piece that has no problem."""

    def of(piece: Piece) -> dict[str, object]:
        assert piece.problem is None, piece.problem
        found: dict[str, object] = orjson.loads(piece.body)
        return found

    return of
