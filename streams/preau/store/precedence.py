"""Which source is believed when several speak of one thing, field by field. Pure.

The State's files over an ENT's own words, these over the hub's (canonical model §2, `authority`);
within one authority, whoever spoke last. A field that only an ENT can know is the ENT's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

STATE, ENT, HUB = "STATE", "ENT", "HUB"
ORDER = (STATE, ENT, HUB)
"""Who is believed before whom, for every field that `RULES` does not name."""
RULES: Mapping[str, tuple[str, ...]] = {
    "person.vendor_role": (ENT, STATE, HUB),  # the vendor's own word for its own account
    "person.pii.email": (ENT, STATE, HUB),  # with which the account is used; in no file of pupils
}
"""Field → its own order, where it differs."""
ONLY, AUTHORITY, LAST, SAME = "ONLY", "AUTHORITY", "LAST", "SAME"
"""Why one is believed: nobody else says it; its authority; it spoke last; all say the same."""


class Claim(NamedTuple):
    """What one source says of one field; `at` is when its instance said it, ms since 1970."""

    source: str
    authority: str
    at: int
    value: Any


class Believed(NamedTuple):
    """The claim that is believed, why, and the others in their order."""

    claim: Claim
    because: str
    others: tuple[Claim, ...]


def believed(field: str, claims: Iterable[Claim]) -> Believed | None:
    """Whom to believe of those that say something; None when nobody does.

    `field` is the record's name and the field's, as `person.profile`.
    """
    ranked = sorted(claims, key=lambda c: (rank(field, c.authority), -c.at, c.source))
    if not ranked:
        return None
    first, *others = ranked
    return Believed(first, _because(first, others), tuple(others))


def rank(field: str, authority: str) -> int:
    """How far this authority is from being believed for this field; 0 is believed first."""
    order = RULES.get(field, ORDER)
    return order.index(authority) if authority in order else len(order)


def _because(first: Claim, others: list[Claim]) -> str:
    if not others:
        return ONLY
    if first.value is not None and all(other.value == first.value for other in others):
        return SAME
    return LAST if others[0].authority == first.authority else AUTHORITY
