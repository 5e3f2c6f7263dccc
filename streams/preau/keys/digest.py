"""Keyed digests of what must be matched and never kept: an INE, a source id that is personal."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from preau.errors import Stop
from preau.keys.ine import masking

_INE = b"preau/ine\x00"
_HIDDEN = b"preau/hidden\x00"


class Digests:
    """HMAC-SHA256 (RFC 2104) with one secret of the deployment, one domain per use.

    The secret is what protects: an INE has 11 characters, and its plain hash is found by trying
    them all. Without a secret the constructor raises `Stop` (DIGEST_SECRET).
    """

    def __init__(self, secret: bytes) -> None:
        if not secret:
            fix = "take it from the master key"
            raise Stop("DIGEST_SECRET", "digests have no secret", fix=fix)
        # begun once and copied, which takes half the time of beginning for each
        self._ine, self._hidden = HMAC(secret, SHA256()), HMAC(secret, SHA256())
        self._ine.update(_INE)
        self._hidden.update(_HIDDEN)
        #: What a reader puts in the place of an INE: the digest that persons are matched by.
        self.mask = masking(self.ine)

    def ine(self, text: str) -> str:
        """The digest of an INE as its conversion wrote it: 64 hexadecimal characters."""
        return _ended(self._ine.copy(), text)

    def hidden(self, text: str) -> str:
        """The digest of an id that is itself personal (e-mail, name): 64 hexadecimal characters."""
        return _ended(self._hidden.copy(), text)


def _ended(begun: HMAC, text: str) -> str:
    begun.update(text.encode())
    return begun.finalize().hex()
