"""The INE at the edge of the hub: whatever a file holds, only its keyed digest goes further.

Forms: RNIE since 2018 (9 digits, 2 letters), BEA before it (10 digits, 1 letter), apprentices (4
digits, A, 5 digits, 1 letter). The rule of the check letter was not found: the form alone is held.
"""

from __future__ import annotations

import re
from collections.abc import Callable

FORMS = re.compile(r"[0-9]{9}[A-Z]{2}|[0-9]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]")
KNOWN = ("9 digits 2 letters", "10 digits 1 letter", "4 digits A 5 digits 1 letter")
_MARK = "ine:"
_DIGEST = re.compile(r"ine:([0-9a-f]{64})")
Mask = Callable[[str], str]
"""What a reader puts in the place of an INE."""


def plain_ine(text: str) -> str | None:
    """The INE in its usual form, None when the text has not the form of one."""
    plain = text.replace(" ", "").upper()
    return plain if FORMS.fullmatch(plain) else None


def masking(digest: Callable[[str], str]) -> Mask:
    """Writes `ine:<digest>` for an INE, `ine:?<length>` for what is none; nothing for nothing.

    A wrong INE is one letter away from a right one: it is not shown either.
    """

    def mask(text: str) -> str:
        plain = plain_ine(text)
        if plain is not None:
            return _MARK + digest(plain)
        return f"{_MARK}?{len(text.strip())}" if text.strip() else ""

    return mask


def masked(text: str) -> bool:
    """Whether this stands where an INE stood."""
    return text.startswith(_MARK)


def digest_in(text: str) -> str | None:
    """The digest that a mask holds; None when what it hides was not an INE."""
    found = _DIGEST.fullmatch(text)
    return found[1] if found else None
