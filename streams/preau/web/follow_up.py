"""What people follow up, as protocols: what was set aside, and what ENTs answered or owe."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from preau.agents.redrive import Preview
from preau.broker.records import Output
from preau.store.receipt_levels import Asked
from preau.store.set_asides import Cause, Chosen, Kept


class SetAsideOrder(NamedTuple):
    """Which refusals to decide of: these ids, else at most `limit` of the chosen, oldest first."""

    ids: tuple[str, ...] = ()
    chosen: Chosen = Chosen()
    limit: int = 1_000


class CauseShown(NamedTuple):
    """Refusals of one cause, and the last of them."""

    cause: Cause
    examples: Sequence[Kept]


class SetAsides(Protocol):
    """What was set aside, and what a person decides of it; `actor` as in the audit chain."""

    def causes(self, chosen: Chosen) -> Sequence[CauseShown]:
        """By cause, the most frequent first."""
        ...

    def show(self, id_: str) -> Kept:
        """One; raises `SetAside` (SETASIDE_UNKNOWN)."""
        ...

    def redrive(self, order: SetAsideOrder, actor: str, *, dry_run: bool) -> Preview:
        """Sends again what would come through today; raises `SetAside` (SETASIDE_CHOICE, …)."""
        ...

    def drop(self, order: SetAsideOrder, actor: str, *, dry_run: bool) -> int:
        """Gives these up; how many."""
        ...


class ReceiptShown(NamedTuple):
    """One thing that one ENT is told, and its answer on two levels; times in ms since 1970.

    `transport` is WAITING, PENDING or ACCEPTED, `processing` APPLIED, REFUSED, EXPIRED or empty.
    `late` is the level that is late since `late_since`, empty when none is; `words` are French.
    """

    project: str
    destination: str
    entity: str
    version: int
    operation: str
    cause: str
    told_at: int
    transport: str
    attempts: int
    processing: str
    reason: str
    at: int | None
    late: str
    late_since: int | None
    words: str


class LaterAnswer(NamedTuple):
    """What an ENT did with a delivery that it had accepted: APPLIED, or REFUSED with a reason."""

    delivery: str
    outcome: str
    reason: str = ""
    native_id: str = ""


class ReceiptBook(Protocol):
    """What ENTs answered, and what they answer later."""

    def lines(self, asked: Asked, *, only_late: bool = False) -> Sequence[ReceiptShown]:
        """What was asked for; raises `SetAside` (RECEIPT_CHOICE)."""
        ...

    def answer(self, instance: str, said: LaterAnswer) -> list[Output]:
        """The record of a later answer; raises `SetAside`, `TryAgain` (RECEIPT_EARLY)."""
        ...
