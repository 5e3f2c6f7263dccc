"""What one entry of the audit chain is, how it is written canonically, and its digest. Pure.

The chain is `h(n) = SHA-256(h(n-1) || canonical(entry n))`, from 32 zero bytes: whoever changes an
entry must change every digest after it, and the signed roots that establishments hold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

import orjson

from preau.keys.signing import signed_by

Fact = str | int | bool
GENESIS = bytes(32)
"""What stands before the first entry of a hub."""


class Link(NamedTuple):
    """One place in the chain: the number of an entry and its digest."""

    seq: int
    digest: bytes


BEGINNING = Link(0, GENESIS)


class Entry(NamedTuple):
    """One act in the chain; nothing here is personal.

    `seq` counts from 1 without a gap, `day` is the UTC day (YYYY-MM-DD) whose root covers it, `at`
    is in ms since 1970; the two digests are 32 bytes.
    """

    seq: int
    day: str
    at: int
    actor: str
    act: str
    object: str
    facts: Mapping[str, Fact]
    previous: bytes
    digest: bytes


class Root(NamedTuple):
    """What is signed of one UTC day: its first and last entry, and the last one's digest.

    `previous` is the digest of the root before (32 zero bytes for the first), so that the roots are
    a chain too; a day on which nothing was done has none. `signature` is Ed25519, 64 bytes.
    """

    day: str
    first: int
    last: int
    digest: bytes
    previous: bytes
    at: int
    signature: bytes = b""

    def message(self) -> bytes:
        """What is signed: canonical JSON, as of an entry, digests in hexadecimal."""
        said = {**self._asdict(), "digest": self.digest.hex(), "previous": self.previous.hex()}
        del said["signature"]
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)

    def genuine(self, public: bytes) -> bool:
        """Whether the hub with this public key signed it."""
        return signed_by(public, self.signature, self.message())


def canonical(entry: Entry) -> bytes:
    """What is hashed: JSON (RFC 8259) in UTF-8, keys sorted, no spaces, without the digests."""
    said = {
        "seq": entry.seq,
        "day": entry.day,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "object": entry.object,
        "facts": entry.facts,
    }
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def digest_of(entry: Entry) -> bytes:
    """The digest that this entry must have, from its own content and the digest before it."""
    return sha256(entry.previous + canonical(entry)).digest()


def facts_text(facts: Mapping[str, Fact]) -> str:
    """Facts as canonical JSON; `TypeError` for what is no text, whole number, yes or no."""
    if not all(isinstance(value, str | int) for value in facts.values()):
        raise TypeError("a fact is a text, a whole number, yes or no")
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()


def day_of(now_ms: int) -> str:
    """The UTC day of a moment, as YYYY-MM-DD."""
    return dt.datetime.fromtimestamp(now_ms // 1000, dt.UTC).date().isoformat()
