"""Access tokens of consumers: what OAuth 2.0 gives for a key (RFC 6749 §4.4), for an hour.

A token names the key, never holds it, and is signed with a secret of the hub: no process keeps it.
The key is looked up each time, so that a revoked one opens nothing any more.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Collection

from preau.clock import Clock
from preau.outlets import nrps

LIFE_S = 3_600
_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
CORE, FULL = f"{_SCOPE}roster-core.readonly", f"{_SCOPE}roster.readonly"
MEMBERS = nrps.SCOPE
USUAL = (CORE, FULL)
"""What one allows that asks for nothing by name."""
SCOPES = (CORE, FULL, MEMBERS)
"""What a token may allow: collections and single entities; those and the nested ones; members."""
_LONGEST = 512


class AccessTokens:
    """Makes and reads tokens; `secret` gives the hub's own, for nothing else."""

    def __init__(self, secret: Callable[[], bytes], clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def make(self, key_id: str, scopes: Collection[str]) -> str:
        """A token for this key and these scopes."""
        until = self._clock.now_ms() + LIFE_S * 1000
        allowed = "".join("1" if scope in scopes else "0" for scope in SCOPES)
        said = _text(json.dumps([key_id, allowed, until]).encode())
        return f"{said}.{_text(self._mark(said))}"

    def read(self, token: str) -> tuple[str, frozenset[str]] | None:
        """The key's public name and the scopes; None for an old token or none of ours."""
        said, dot, mark = token[:_LONGEST].partition(".")
        if not dot or not hmac.compare_digest(_text(self._mark(said)).encode(), mark.encode()):
            return None
        try:
            key_id, allowed, until = json.loads(base64.urlsafe_b64decode(said + "=="))
        except (binascii.Error, ValueError):  # pragma: no cover - nobody else can sign
            return None
        if until <= self._clock.now_ms():
            return None
        return key_id, frozenset(s for s, a in zip(SCOPES, allowed, strict=True) if a == "1")

    def _mark(self, said: str) -> bytes:
        return hmac.digest(self._secret(), said.encode(), "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
