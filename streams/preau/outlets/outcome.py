"""What came of one try at a delivery, and what a try is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple, Protocol

from preau.store.circles import Circle

Field = str | int | bool | list[str] | None
"""A value of a delivery's body, as `delivery.v1` has it."""
Kept = Mapping[str, Mapping[str, str]]
"""Entity (`group:<uuid>`) → ids that its ENT gave (`native_id`, `uid`…)."""


AS_LINK = "APPLIED_AS_LINK"
"""The reason of what was done in a lesser form: the document is given by its address."""
AS_TEXT = "APPLIED_AS_TEXT"
"""The same of homework, a notice or a date: it is put there as a page to read."""
CIRCLE = "circle"
"""Among what an outlet reads: it wants to be given the group's `Circle`."""

AS_MAIL = "APPLIED_AS_MAIL"
"""The same: it went to the group's distribution list, and nowhere else."""


class Parcel(NamedTuple):
    """One delivery, as an outlet sees it; ids and times are those of `delivery.v1`.

    `circle` is filled for an outlet that asks for it: what this ENT holds of the group.
    """

    event_id: str
    destination: str
    operation: str
    entity: str
    version: int
    cause: str
    occurred_at: int
    body: Mapping[str, Field]
    circle: Circle = Circle()


class Target(NamedTuple):
    """Where an instance is reached; `loopback` is the operator's leave for a machine-local one."""

    instance: str
    url: str
    secret: str
    loopback: bool = False


class Outcome(NamedTuple):
    """`state` is APPLIED, ACCEPTED, REFUSED or LATER.

    LATER: `sent` says whether the ENT may have acted (then it is asked before the next try);
    `wait_ms` is what it asked for, None when it asked for nothing. `kept` are ids that it gave,
    whatever the state. `disable` asks that this destination receive nothing more (HTTP 410).
    """

    state: str
    reason: str = ""
    kept: Mapping[str, str] = {}
    wait_ms: int | None = None
    sent: bool = True
    disable: bool = False


class Media(NamedTuple):
    """The bytes of a document on their way from one ENT to another; never stored."""

    content: bytes
    media_type: str
    name: str


Fetch = Callable[[str, str], Awaitable["Media | Outcome"]]
"""(instance, media id) → the bytes, or the outcome that says why there are none."""


class Outlet(Protocol):
    """A way out to one destination."""

    def reads(self, parcel: Parcel) -> set[str]:
        """The entities whose kept ids `deliver` must be given."""
        ...

    async def deliver(self, parcel: Parcel, kept: Kept, *, unknown: bool) -> Outcome:
        """One try; `unknown`: an earlier try's outcome is not known, so look before acting."""
        ...

    async def close(self) -> None:
        """Closes its connections."""
        ...
