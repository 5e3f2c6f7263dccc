"""What one entry of the audit chain is, how it is written canonically, and its digest. Pure.

The chain is `h(n) = SHA-256(h(n-1) || canonical(entry n))`, from 32 zero bytes: whoever changes an
entry must change every digest after it, and the signed roots that establishments hold.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

Fact = str | int | bool
GENESIS = bytes(32)
"""What stands before the first entry of a hub."""


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


def canonical(entry: Entry) -> bytes:
    """What is hashed: JSON (RFC 8259) in UTF-8, keys sorted, no spaces, without the digests."""
    said = entry._asdict()
    del said["previous"], said["digest"]
    return facts_text(said).encode()


def digest_of(entry: Entry) -> bytes:
    """The digest that this entry must have, from its own content and the digest before it."""
    return sha256(entry.previous + canonical(entry)).digest()


def facts_text(facts: Mapping[str, object]) -> str:
    """Facts as canonical JSON; `ValueError` or `TypeError` for what JSON cannot say exactly."""
    return json.dumps(
        facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def day_of(now_ms: int) -> str:
    """The UTC day of a moment, as YYYY-MM-DD."""
    return dt.datetime.fromtimestamp(now_ms // 1000, dt.UTC).date().isoformat()
