"""What the acts of the story share: the stage, the project, and how an act waits and tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from preau.demo.answers import answered
from preau.demo.playbill import Receipts, receipts_of
from preau.demo.screen import Screen
from preau.demo.stage import Stage
from preau.demo.waiting import Missing, missing_of, until
from preau.demo.watch import Counted

PATIENCE_S = 60.0
"""How long an act waits for what it expects: many times what it takes."""


@dataclass
class Story:
    """`project` and `group` are ids of the hub's; `native` has the group's id in each ENT.

    `secrets` are paths at which establishments read something of the hub's, by UAI.
    """

    stage: Stage
    screen: Screen
    patience_s: float = PATIENCE_S
    project: str = ""
    group: str = ""
    native: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def until(self, missing: Missing) -> None:
        """Waits until nothing is missing; raises `StoryBroken`."""
        until(missing, self.patience_s, self.screen.waiting)

    def until_through(self, events: int) -> None:
        """Waits until the hub has heard so many events, and each went through or aside."""
        self.until(lambda: self.unaccounted(events))

    def unaccounted(self, expected: int) -> str:
        """What is missing of so many events, in French; or how many are still on their way."""
        found = self.counted()
        lost = found.heard - found.out - found.aside
        words = missing_of("événements reçus", found.heard, expected)
        return words or (f"{lost} événements ni passés ni mis de côté" if lost else "")

    def until_answered(self, applied: int, pending: int) -> None:
        """Waits until the project's page shows these answers and no refusal."""
        expected = Receipts(applied, 0, pending)
        self.until(lambda: answered(self.page(), expected))

    def page(self) -> dict[str, Any]:
        """What the project's page shows by now."""
        return self.stage.operator.page(self.project)

    def receipts(self) -> Receipts:
        """The answers of the ENTs by now."""
        return receipts_of(self.page()) if self.project else Receipts()

    def counted(self) -> Counted:
        """The events by now."""
        return self.stage.watch.read()
