"""What the products of the family say to the hub: French words, French dates, growing numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from preau.clock import paris
from preau.sandbox.itop.state import next_number
from preau.sandbox.ledger import Ledger

Row = Mapping[str, Any]


class Said(NamedTuple):
    """One event: the object whose events stay in order, its name, its fields."""

    key: str
    event: str
    fields: Mapping[str, object]


class Speech(Protocol):
    """How one product says what happens in it; nothing for what it has no event for."""

    def room(self, room: Row) -> Sequence[Said]:
        """A class, or a group of adults, is there."""
        ...

    def joined(self, room: Row, account: Row) -> Sequence[Said]:
        """An account is in it."""
        ...

    def left(self, room: Row, account: Row) -> Sequence[Said]:
        """It is in it no more."""
        ...

    def dropped(self, document: Row, uai: str) -> Sequence[Said]:
        """A document is there, or has another title."""
        ...

    def shared(self, document: Row, group: str, uai: str, *, there: bool) -> Sequence[Said]:
        """A group sees a document, or sees it no more."""
        ...

    def homework(self, work: Row, group: str, uai: str) -> Sequence[Said]:
        """Work was given to a group."""
        ...


class Outbox:
    """Puts events in the ledger's outbox with their `numero` and `date`."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def say(self, events: Sequence[Said]) -> int:
        """How many they are."""
        for each in events:
            number = next_number(self._ledger, "numero")
            date = f"{paris(self._ledger.clock.now_ms()):%d/%m/%Y %H:%M}"
            head = {"evenement": each.event, "numero": number, "date": date}
            self._ledger.say(str(number), each.key, {**head, **each.fields})
        return len(events)
