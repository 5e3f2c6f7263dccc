"""What one ENT received in a window of time: of how many people, which fields. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

_APPLIED = frozenset({"ACCEPTED", "APPLIED"})


class Window(NamedTuple):
    """From `since` to `until`, milliseconds since 1970, both ends included."""

    since: int
    until: int

    def holds(self, at_ms: int) -> bool:
        """Whether that moment is in it."""
        return self.since <= at_ms <= self.until


class About:
    """What was received about one person, or one thing that is no person."""

    def __init__(self) -> None:
        self.operations: dict[str, int] = {}
        self.fields: set[str] = set()
        self.first, self.last = 0, 0

    def add(self, operation: str, fields: Iterable[str], at: int) -> None:
        """Counts one receipt."""
        self.operations[operation] = self.operations.get(operation, 0) + 1
        self.fields |= set(fields)
        self.first = min(self.first or at, at)
        self.last = max(self.last, at)

    def told(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "opérations": dict(sorted(self.operations.items())),
            "champs": sorted(self.fields),
            "premier": self.first,
            "dernier": self.last,
        }


def received(
    deliveries: Iterable[Mapping[str, Any]],
    receipts: Iterable[Mapping[str, Any]],
    window: Window,
    name: Callable[[str], str],
) -> dict[str, Any]:
    """Who is concerned, and by what; `name` gives the pseudonym of a member's own id.

    `receipts` are read first: an ENT has received what it answered in the window, whenever it was
    sent.
    """
    answered = {
        said["delivery"]: int(said["at"])
        for said in receipts
        if said["outcome"] in _APPLIED and window.holds(int(said["at"]))
    }
    people: dict[str, About] = {}
    things: dict[str, About] = {}
    for each in deliveries:
        at = answered.get(each["event_id"])
        if at is None:
            continue
        fields = each["body"]
        member = fields.get("local_id") if fields.get("member_kind", "PERSON") == "PERSON" else None
        if member is None:
            about = things.setdefault(each["operation"], About())
        else:
            about = people.setdefault(name(str(member)), About())
        about.add(each["operation"], fields, at)
    return {
        "remises": len(answered),
        "personnes_concernées": len(people),
        "personnes": [{"pseudonyme": who, **people[who].told()} for who in sorted(people)],
        "autres": {what: things[what].told() for what in sorted(things)},
    }
