"""What the web needs to show projects outside of ENTs: agendas, feeds, members for LTI tools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from preau.outlets.nrps import Group
from preau.store.feed_addresses import Address


class Feeds(Protocol):
    """The secret addresses of projects, and what is read there."""

    def make(self, project: str, uai: str, granted_by: str, by: str) -> str:
        """A new address in clear, shown this once; raises `SetAside` with the reason."""
        ...

    def revoke(self, id_: str, by: str) -> Address:
        """It opens nothing any more; raises `SetAside` (FEED_UNKNOWN)."""
        ...

    def addresses(self, project: str = "") -> Sequence[Address]:
        """Every address ever made, the oldest first; none is shown."""
        ...

    def calendar(self, clear: str) -> bytes:
        """As iCalendar; raises `SetAside` (FEED_UNKNOWN), `TryAgain` (CUT_NOW)."""
        ...

    def documents(self, clear: str) -> bytes:
        """As Atom; raises as `calendar` does."""
        ...


class Memberships(Protocol):
    """Who is in the groups of projects, as one consumer may see it."""

    def read(self, instance: str, group: str) -> Group:
        """A group for this instance; raises `SetAside` (GROUP_UNKNOWN), `TryAgain` (CUT_NOW)."""
        ...
