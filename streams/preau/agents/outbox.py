"""What `deliver` asks of the store: a durable queue per destination, and leave to deliver.

`preau.store.deliveries` keeps it in SQL; every method is one transaction and may be called from
any thread.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from preau.store.deliveries import Claimed, Delivery, Settled


class Outbox(Protocol):
    """The rows to deliver: key (destination, entity, version)."""

    def insert(self, rows: Sequence[Delivery]) -> None:
        """Adds what is new; a row already there is left as it is."""
        ...

    def destinations(self) -> list[str]:
        """Those that have a row not done."""
        ...

    def claim(
        self, destination: str, now_ms: int, limit: int, busy: Collection[str]
    ) -> list[Claimed]:
        """Per entity not busy its lowest open version, if due and its parents are applied.

        Marked as started in the same transaction: what is found started by a fresh process has an
        unknown outcome.
        """
        ...

    def youngest(
        self, destination: str, now_ms: int, limit: int, busy: Collection[str]
    ) -> list[Claimed]:
        """The same, what was said last first: to try an ENT that chokes on what is old."""
        ...

    def orphans(self, destination: str, limit: int, busy: Collection[str]) -> list[Claimed]:
        """What waits for a parent that was refused for good; marked as started as well."""
        ...

    def release(self, destination: str) -> None:
        """At start: what an earlier process left started waits again, its outcome unknown."""
        ...

    def settle(self, results: Sequence[Settled]) -> None:
        """Ends or postpones rows, and keeps the ids that the ENT gave."""
        ...

    def next_at(self, destination: str) -> int | None:
        """The earliest time (ms) at which a row may be claimed."""
        ...

    def natives(
        self, destination: str, entities: Collection[str]
    ) -> Mapping[str, Mapping[str, str]]:
        """The ids kept for these entities."""
        ...


class Leave(Protocol):
    """Who may receive what, asked again at the moment of delivery."""

    def listed(
        self, project: str, destination: str, operation: str, now_ms: int, /
    ) -> Collection[str] | None:
        """The fields that may leave now, None when nothing may; of a withdrawal always its ids."""
        ...
