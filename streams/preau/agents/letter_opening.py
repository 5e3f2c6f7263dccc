"""Opens the letters of the intake: the one place where sealed bytes become the vendor's again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from preau.broker.records import Arrival
from preau.errors import SetAside
from preau.inlets.sealing import KID


class Unseals(Protocol):
    """`preau.keys.envelope.Unsealer`."""

    def expect(self, kids: Collection[bytes]) -> None:
        """Fetches the keys of a batch at once."""
        ...

    def open(self, kid: bytes, key: bytes, sealed: bytes) -> bytes:
        """The bytes; raises `SetAside` (LETTER_GONE, LETTER_BROKEN)."""
        ...


_new = tuple.__new__  # a third of the time of a named tuple's constructor, once per letter


def open_letter(unsealer: Unseals, letter: Arrival) -> Arrival:
    """The letter with its bytes as received; one that is in clear as it is.

    Raises `SetAside`: LETTER_GONE when its key was destroyed, LETTER_BROKEN when it was altered.
    """
    topic, partition, offset, key, value, headers = letter
    kid = headers.get(KID)
    if kid is None or value is None:
        return letter
    clear = unsealer.open(kid, key or b"", value)
    return _new(Arrival, (topic, partition, offset, key, clear, headers))


def open_letters(
    unsealer: Unseals, batch: Sequence[Arrival]
) -> tuple[list[Arrival], dict[int, SetAside]]:
    """A batch opened, and by place why one does not open: it keeps its sealed bytes."""
    unsealer.expect({letter.headers[KID] for letter in batch if KID in letter.headers})
    opened: list[Arrival] = []
    shut: dict[int, SetAside] = {}
    for letter in batch:
        try:
            opened.append(open_letter(unsealer, letter))
        except SetAside as why:
            shut[len(opened)] = why
            opened.append(letter)
    return opened, shut
