"""Keeps pupils and families out of a product for adults, at the very door: default deny.

The projects' step wants no such member (`preau.agents.wanted`). This is the second lock: it reads
nothing but the delivery, whatever a mandate lists, and however the delivery came to be.
"""

from __future__ import annotations

from preau.canon.purposes import ADULT_ROLES
from preau.outlets.outcome import Kept, Outcome, Outlet, Parcel

_REFUSED = Outcome("REFUSED", "ADULTS_ONLY", sent=False)


class AdultsOnly:
    """An outlet whose product's card says `people: ADULTS`; all else is its inner outlet's."""

    def __init__(self, inner: Outlet) -> None:
        self._inner = inner

    def reads(self, parcel: Parcel) -> set[str]:
        """As the inner outlet."""
        return self._inner.reads(parcel)

    async def deliver(self, parcel: Parcel, kept: Kept, *, unknown: bool) -> Outcome:
        """One try, unless it would let in somebody who is not said to be an adult of a school."""
        if parcel.operation == "MEMBER_PUT" and not is_adult(parcel):
            return _REFUSED
        return await self._inner.deliver(parcel, kept, unknown=unknown)

    async def close(self) -> None:
        """Closes the inner outlet."""
        await self._inner.close()


def is_adult(parcel: Parcel) -> bool:
    """Whether the delivery says one account, in the role of an adult; a class may hold pupils."""
    return parcel.body.get("member_kind") == "PERSON" and parcel.body.get("role") in ADULT_ROLES
