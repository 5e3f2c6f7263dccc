"""Seals the bytes that a vendor sent, as they wait in the intake, and opens them again.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Each instance has one open key at a time,
for a day at most; an erasure closes it at once, waits until every letter under it was worked, and
destroys it. A letter may speak of anybody in any field, so it is not the pupil who has a key here:
see docs/en/privacy.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from preau.clock import Clock, SystemClock
from preau.errors import SetAside
from preau.keys.leased import Leased
from preau.keys.seal import SubjectKey

NONCE = 12
SEAL_LEASE_MS = 5_000
"""An inlet seals with a key that was closed meanwhile for at most this long."""
_FIX = "nothing: somebody was erased after these bytes were worked, or their seven days are over"


class LetterBook(Protocol):
    """Where the keys of letters are kept."""

    def open_keys(self, instances: Collection[str]) -> Mapping[str, SubjectKey]:
        """The key with which each instance's letters are sealed now; made when there is none."""
        ...

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        """The keys that still exist, by kid."""
        ...


class Envelopes:
    """Seals for one process; keys are asked for every five seconds at most."""

    def __init__(
        self,
        book: LetterBook,
        clock: Clock | None = None,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._keys = Leased(self._ask, clock or SystemClock(), lease_ms=SEAL_LEASE_MS)
        self._book = book
        self._random = random

    def seal(self, instance: str, key: bytes, clear: bytes) -> tuple[bytes, bytes]:
        """The kid, and nonce and ciphertext in one; `key` is the record's key in Kafka."""
        kid, cipher = self._keys.take((instance,))[instance]
        nonce = self._random(NONCE)
        return kid, nonce + cipher.encrypt(nonce, clear, bound(kid, key))

    def _ask(self, instances: Collection[str]) -> dict[str, tuple[bytes, AESGCM]]:
        keys = self._book.open_keys(instances)
        return {instance: (kid, AESGCM(key)) for instance, (kid, key) in keys.items()}


class Unsealer:
    """Opens letters; `expect` first when there is a batch."""

    def __init__(self, book: LetterBook, clock: Clock | None = None) -> None:
        self._book = book
        self._keys = Leased(self._ask, clock or SystemClock())

    def expect(self, kids: Collection[bytes]) -> None:
        """Fetches the keys of a batch at once."""
        self._keys.take(kids)

    def open(self, kid: bytes, key: bytes, sealed: bytes) -> bytes:
        """The bytes as received; raises `SetAside`: LETTER_GONE, LETTER_BROKEN."""
        cipher = self._keys.take((kid,)).get(kid)
        if cipher is None:
            raise SetAside("LETTER_GONE", "the key of these bytes was destroyed", fix=_FIX)
        try:
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound(kid, key))
        except (InvalidTag, ValueError) as error:
            what = "these bytes were altered, or belong to another record"
            fix = "look for who writes to the intake topics beside the hub"
            raise SetAside("LETTER_BROKEN", what, fix=fix) from error

    def _ask(self, kids: Collection[bytes]) -> dict[bytes, AESGCM]:
        return {kid: AESGCM(key) for kid, key in self._book.by_kid(kids).items()}


def bound(kid: bytes, key: bytes) -> bytes:
    """What a letter's seal is bound to; a kid has a fixed length, so no two places agree."""
    return kid + key
