"""The header `Idempotency-Key`, by which an order that comes again is known to be the same one.

As in the IETF draft "The Idempotency-Key HTTP Header Field" (httpapi-idempotency-key-header, 2.1):
a string between quotes, of RFC 8941. Without quotes it is taken too: many clients send it so.
"""

from __future__ import annotations

import re

from preau.errors import Place, SetAside

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_HEADER = Place(field="Idempotency-Key")


def idempotency_key(said: str | None) -> str:
    """The key that a caller gave, empty when none; raises `SetAside` (IDEMPOTENCY_KEY)."""
    if said is None:
        return ""
    key = said[1:-1] if len(said) > 1 and said[0] == said[-1] == '"' else said
    if not _KEY.fullmatch(key) or '"' in key or "\\" in key:
        fix = "give 1 to 255 visible ASCII characters, as a UUID; no quotation mark, no backslash"
        raise SetAside("IDEMPOTENCY_KEY", "this is no key", where=_HEADER, fix=fix)
    return key


def other_order() -> SetAside:
    """The refusal of a key that made something else before."""
    what, fix = "this key was used for another order", "draw a new key for a new order"
    return SetAside("IDEMPOTENCY_OTHER", what, where=_HEADER, fix=fix)
