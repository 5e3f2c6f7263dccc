"""A keyed digest of a child's names and birth date: kept only to see that two are alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from preau.errors import Stop

_DOMAIN = b"preau/likeness\x00"
_WORDS = re.compile(r"[^\W_]+")
#: Letters that Unicode does not take apart, as files without them write them.
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_PARTICLES = frozenset({"de", "du", "des", "d"})


class Likeness:
    """HMAC-SHA256 (RFC 2104) with a secret of the deployment, in a domain of its own.

    Names and a birth date are few: without the secret they would be found by trying them all.
    Without a secret the constructor raises `Stop` (DIGEST_SECRET).
    """

    def __init__(self, secret: bytes) -> None:
        if not secret:
            fix = "take it from the master key"
            raise Stop("DIGEST_SECRET", "digests have no secret", fix=fix)
        self._begun = HMAC(secret, SHA256())
        self._begun.update(_DOMAIN)

    def of(self, personal: Mapping[str, Any]) -> str | None:
        """The digest of an opened `pii` of a person: 64 hexadecimal characters.

        The name at birth (else the one in use), the first given name, the birth date in days since
        1970; None when one of them is missing.
        """
        names, born = personal["given_names"], personal["birth_date"]
        family = plain_name(personal["family_name"] or personal["usual_name"] or "")
        given = plain_name(names[0].partition(",")[0]) if names else ""
        if born is None or not family or not given:
            return None
        begun = self._begun.copy()
        begun.update(f"{family}\0{given}\0{born}".encode())
        return begun.finalize().hex()


def plain_name(text: str) -> str:
    """A name as every file would write it: `D'Arquès-Pech`, `D ARQUES PECH` → `arquespech`.

    Without accents, capitals, hyphens, apostrophes and the particles de, du, des, d'; a name of
    particles only keeps them.
    """
    lower = text.casefold()
    if not lower.isascii():
        apart = unicodedata.normalize("NFKD", lower.translate(_LETTERS))
        lower = "".join(letter for letter in apart if not unicodedata.combining(letter))
    words = _WORDS.findall(lower)
    return "".join(word for word in words if word not in _PARTICLES) or "".join(words)
