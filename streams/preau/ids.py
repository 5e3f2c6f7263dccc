"""Identifiers: deterministic event ids (UUIDv5), time-ordered ids for what the hub owns."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable

from preau.clock import Clock
from preau.errors import Place, Stop

EVENT_NAMESPACE = uuid.UUID("5a1f3c1e-6d0b-5b7e-9c57-9d2f1c0e7a11")
# begun once and copied: to begin takes as long as to hash a usual event
_NAMED = hashlib.sha1(EVENT_NAMESPACE.bytes, usedforsecurity=False)
_DIGEST = hashlib.sha256()
_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def event_id(instance: str, said: str, position: str) -> str:
    """The id of one canonical record: UUIDv5 (RFC 9562 §5.5) of who spoke, what, and where in it.

    `said` is the vendor's own event id, else the SHA-256 of the bytes in hexadecimal; `position`
    tells apart the records that one event gives. Written out because it runs once per record:
    `uuid.uuid5` gives the same text eight times slower.
    """
    named = _NAMED.copy()
    named.update(f"{instance}\x00{said}\x00{position}".encode())
    raw = named.hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-5{raw[13:16]}-{_VARIANT[raw[16]]}{raw[17:20]}-{raw[20:32]}"


def digest(body: bytes) -> str:
    """The SHA-256 of the bytes as received, in hexadecimal."""
    hashed = _DIGEST.copy()
    hashed.update(body)
    return hashed.hexdigest()


def owned_id(clock: Clock, random: Callable[[int], bytes] = os.urandom) -> str:
    """A UUIDv7 (RFC 9562 §5.7) for a group, project, resource or share born in the hub."""
    value = int.from_bytes(clock.now_ms().to_bytes(6, "big") + random(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=value))


def instance_name(name: str) -> str:
    """The name of an instance, unchanged, if it may stand in a topic's name; else `Stop`."""
    if not _NAME.fullmatch(name):
        raise Stop(
            "INSTANCE_NAME",
            f"an instance's name has {len(name)} characters or one that is not allowed",
            where=Place(field="instance"),
            known=("a-z", "0-9", "-", "63 characters at most"),
            fix="use lower-case letters, digits and hyphens, as in ent-ecole",
        )
    return name
