"""Seals the personal part of records, one key per subject, and opens it again.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce: at most 2^32 records per key, and no
subject speaks four thousand million times. The associated data binds what is sealed to its
subject, its event and its field: moved anywhere else it does not open. Destroying a subject's key
makes every copy of its personal part unreadable, wherever it lies.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from preau.clock import Clock, SystemClock
from preau.errors import Place, SetAside
from preau.keys.leased import Leased

KID, NONCE = 16, 12
#: Keys that a sealer keeps at hand, some 400 bytes each; an opened cipher would take six times
#: that, and saves less than half a microsecond.
AT_HAND = 100_000
_FRAME = b"\x00"  # Confluent wire format: this byte, the schema's id in 4 bytes, Avro
_NULL, _SEALED = b"\x00", b"\x02"  # the branches of ["null", Sealed]
_SEVEN_BITS = 0x7F
_AT = Place(field="pii")
_Begin = tuple[bytes, bytes]


class SubjectKey(NamedTuple):
    """One subject's key: `kid` (16 bytes) is public and random, `key` is 32 bytes."""

    kid: bytes
    key: bytes

    def __repr__(self) -> str:
        return f"SubjectKey(kid={self.kid.hex()})"


class KeyBook(Protocol):
    """Where subject keys are kept; a key handed out is already durable."""

    def keys(self, subjects: Collection[str]) -> Mapping[str, SubjectKey]:
        """The key of each subject, made when there is none."""
        ...

    def by_kid(self, kids: Collection[bytes]) -> Mapping[bytes, bytes]:
        """The keys that still exist, by kid; a destroyed one is simply not there."""
        ...


class Sealable(Protocol):
    """What sealing needs of a draft; `pii` is clear Avro, and None when not `sealable`."""

    @property
    def schema_id(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def event_id(self) -> str: ...
    @property
    def head(self) -> bytes: ...
    @property
    def pii(self) -> bytes | None: ...
    @property
    def sealable(self) -> bool: ...


class Sealer:
    """Turns drafts into values ready for Kafka; the only writer of sealed parts."""

    def __init__(
        self,
        book: KeyBook,
        clock: Clock | None = None,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._book = book
        self._random = random
        self._keys = Leased(self._ask, clock or SystemClock(), AT_HAND)

    def seal(self, drafts: Sequence[Sealable]) -> list[bytes]:
        """The framed value of each draft, in order; the book is asked once at most."""
        personal = [draft.subject for draft in drafts if draft.pii is not None]
        keys = self._keys.take(set(personal))
        nonces = self._random(NONCE * len(personal))
        at = 0
        values: list[bytes] = []
        for draft in drafts:
            pii, schema_id = draft.pii, draft.schema_id
            frame, head = _frame(schema_id), draft.head
            if pii is not None:
                subject = draft.subject
                begin, key = keys[subject]
                nonce = nonces[at : at + NONCE]
                at += NONCE
                bound = associated(subject, draft.event_id, schema_id)
                sealed = AESGCM(key).encrypt(nonce, pii, bound)
                values.append(b"".join((frame, head, begin, nonce, _length(len(sealed)), sealed)))
            else:
                values.append(frame + head + _NULL if draft.sealable else frame + head)
        return values

    def _ask(self, subjects: Collection[str]) -> dict[str, _Begin]:
        before, after = _SEALED + _length(KID), _length(NONCE)
        return {
            subject: (before + kid + after, key)
            for subject, (kid, key) in self._book.keys(subjects).items()
        }


class Opener:
    """Opens sealed parts; `expect` first when there is a batch to open."""

    def __init__(self, book: KeyBook, clock: Clock | None = None) -> None:
        self._book = book
        self._keys = Leased(self._ask, clock or SystemClock())

    def expect(self, sealed: Iterable[Mapping[str, bytes]]) -> None:
        """Fetches the keys of a batch at once; opening then asks only for what is gone."""
        self._keys.take({part["kid"] for part in sealed})

    def open(
        self, schema_id: int, meta: Mapping[str, object], sealed: Mapping[str, bytes]
    ) -> bytes:
        """The clear Avro of a record's personal part.

        `schema_id` and `meta` are those of the record around it. Raises `SetAside`: KEY_GONE when
        the subject was erased, SEAL_BROKEN when the part was altered or belongs elsewhere.
        """
        kid = sealed["kid"]
        key = self._keys.take((kid,)).get(kid)
        if key is None:
            fix = "nothing: the person was erased, and what was said before cannot be read"
            raise SetAside("KEY_GONE", "the subject's key was destroyed", where=_AT, fix=fix)
        subject = f"{meta['instance']}/{meta['source_id']}"
        bound = associated(subject, str(meta["event_id"]), schema_id)
        try:
            return key.decrypt(sealed["nonce"], sealed["ciphertext"], bound)
        except (InvalidTag, ValueError) as error:
            what = "the personal part was altered, or belongs to another record"
            fix = "look for who writes to the canonical topics beside the hub"
            raise SetAside("SEAL_BROKEN", what, where=_AT, fix=fix) from error

    def _ask(self, kids: Collection[bytes]) -> dict[bytes, AESGCM]:
        return {kid: AESGCM(key) for kid, key in self._book.by_kid(kids).items()}


def associated(subject: str, event_id: str, schema_id: int) -> bytes:
    """What the seal is bound to; NUL can only be in `subject`, so two records never agree."""
    return f"{subject}\0{event_id}\0pii\0{schema_id}".encode()


@lru_cache(256)
def _frame(schema_id: int) -> bytes:
    return _FRAME + schema_id.to_bytes(4, "big")


@lru_cache(4096)  # lengths repeat, and this runs once per record
def _length(count: int) -> bytes:
    """A length as Avro writes it: a zigzag varint (Avro 1.12, "Binary encoding")."""
    rest = count << 1
    out = bytearray()
    while rest > _SEVEN_BITS:
        out.append(rest & _SEVEN_BITS | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)
