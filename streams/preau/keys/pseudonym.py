"""The name of a person for one recipient and one purpose; two recipients cannot compare theirs."""

from __future__ import annotations

import base64
import hmac

LENGTH = 26  # 26 characters of base32 are 130 bits: two persons never meet


def pseudonym(key: bytes, person: str) -> str:
    """Base32 (RFC 4648 §6) of HMAC-SHA256(key, person), lower case, cut to 26 characters.

    `key` belongs to one recipient and one purpose (`MasterKey.secret`); `person` is the hub's id.
    """
    digest = hmac.digest(key, person.encode(), "sha256")
    return base64.b32encode(digest).decode("ascii").lower()[:LENGTH]
