"""A copy opens only under its own key, for its own subject and category."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from preau.keys.copies import Copied, open_copy, seal_copies
from preau.keys.seal import KID, NONCE, SubjectKey

PUPIL = Copied("rectorat/700001", "Eleve", b'{"sn":["ABADIE"]}')


class Book:
    """Keys in memory, counted as they are asked for."""

    def __init__(self) -> None:
        self.held: dict[str, SubjectKey] = {}
        self.asked = self.made = 0

    def keys(self, subjects: Collection[str]) -> Mapping[str, SubjectKey]:
        self.asked += 1
        for subject in sorted(set(subjects) - self.held.keys()):
            self.made += 1
            number = self.made.to_bytes(1, "big")
            self.held[subject] = SubjectKey(number * KID, number * 32)
        return {subject: self.held[subject] for subject in subjects}

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        return {kid: key for kid, key in self.held.values() if kid in kids}


def test_a_block_of_copies_asks_the_book_once_and_opens_again() -> None:
    book = Book()
    guardian = Copied("rectorat/800001", "PersRelEleve", b"{}")
    sealed = seal_copies(book, [PUPIL, guardian, PUPIL])
    assert book.asked == 1
    opened = [
        open_copy(book, copy.subject, copy.about, closed)
        for copy, closed in zip([PUPIL, guardian, PUPIL], sealed, strict=True)
    ]
    assert opened == [PUPIL.words, guardian.words, PUPIL.words]
    assert PUPIL.words not in b"".join(sealed)
    assert sealed[0] != sealed[2]  # a nonce serves once


def test_a_copy_whose_key_was_destroyed_opens_no_more() -> None:
    book = Book()
    (sealed,) = seal_copies(book, [PUPIL])
    del book.held[PUPIL.subject]
    seal_copies(book, [Copied("rectorat/1", "Eleve", b""), PUPIL])  # it has a new key since
    assert open_copy(book, PUPIL.subject, PUPIL.about, sealed) is None


@pytest.mark.parametrize(
    ("subject", "about"), [("rectorat/700002", "Eleve"), ("rectorat/700001", "PersEducNat")]
)
def test_a_copy_opens_nowhere_else(subject: str, about: str) -> None:
    book = Book()
    (sealed,) = seal_copies(book, [PUPIL])
    assert open_copy(book, subject, about, sealed) is None


@pytest.mark.parametrize("at", [KID, KID + NONCE, -1])
def test_a_copy_that_was_altered_or_cut_does_not_open(at: int) -> None:
    book = Book()
    (sealed,) = seal_copies(book, [PUPIL])
    altered = bytearray(sealed)
    altered[at] ^= 1
    assert open_copy(book, PUPIL.subject, PUPIL.about, bytes(altered)) is None
    assert open_copy(book, PUPIL.subject, PUPIL.about, sealed[:at]) is None
