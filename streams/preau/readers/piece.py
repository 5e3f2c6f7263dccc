"""What every reader gives: the pieces of a file, one event each, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple, Protocol, runtime_checkable

from preau.errors import SetAside


class Piece(NamedTuple):
    """One event of a file.

    `body` is JSON of plain values (UTF-8), empty when there is a problem; `path` is its place in
    the file, for a person ("record 17", counted from 1); `event` is the vendor's name of it when
    the reader knows it. `values` are those of `body`, when the reader has them at hand; `id` is
    that of a record with a problem, when it could be read: it is not absent, then.
    """

    event: str | None
    body: bytes
    path: str
    problem: SetAside | None = None
    values: dict[str, Any] | None = None
    id: str = ""


Skip = Callable[[str, str, bytes], bool]
"""Asked with the event's name, the record's id and its bytes: may it be passed over?"""


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


@runtime_checkable
class Passing(Protocol):
    """A reader that tells a record's id before it reads it, and can pass over those met before."""

    def split_new(self, stream: BinaryIO, name: str, skip: Skip) -> Iterator[Piece]:
        """As `split`, but for what `skip` says may be passed over."""
        ...
