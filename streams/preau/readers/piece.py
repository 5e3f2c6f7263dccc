"""What every reader gives: the pieces of a file, one event each, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Protocol

from preau.errors import SetAside


class Piece(NamedTuple):
    """One event of a file.

    `body` is JSON of plain values (UTF-8), empty when there is a problem; `path` is its place in
    the file, for a person ("record 17", counted from 1); `event` is the vendor's name of it when
    the reader knows it.
    """

    event: str | None
    body: bytes
    path: str
    problem: SetAside | None = None


class Reader(Protocol):
    """Turns bytes as received into pieces, without ever holding the whole file."""

    def split(self, stream: BinaryIO, name: str) -> Iterator[Piece]:
        """The pieces of a file called `name`, in its order.

        A bad record is a piece with a problem and reading goes on; raises `SetAside` where the
        file cannot be read any further (the pieces before that point have been given).
        """
        ...

    def parse(self, body: bytes) -> object:
        """The plain values of one piece's body; raises `SetAside` when it is not sound JSON."""
        ...
