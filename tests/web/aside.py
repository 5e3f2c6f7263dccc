"""The desk of what was set aside, as the tests of the web stand on it: it notes what is asked."""

from __future__ import annotations

from typing import Any

from preau.agents.redrive import Preview
from preau.errors import SetAside
from preau.store.set_asides import OPEN, Cause, Chosen, Kept, SetAsideRow
from preau.web.follow_up import CauseShown, SetAsideOrder

_SAID: Any = (
    *("known", "ent-ecole", "beneylu", "PUPIL", "DATE", "born", "text of 3 characters"),
    *(("2016-03-09",), "write the day", "preau.intake.beneylu", 1, 7, "", 0, 1_000, 2_000, 3),
)
ROW = SetAsideRow(*_SAID)


class SetAsides:
    """One refusal, and the orders that were given."""

    def __init__(self) -> None:
        self.asked: list[Chosen] = []
        self.orders: list[tuple[str, SetAsideOrder, str, bool]] = []

    def causes(self, chosen: Chosen) -> list[CauseShown]:
        self.asked.append(chosen)
        cause = Cause("beneylu", "PUPIL", "DATE", "born", OPEN, 1, 1_000, 2_000, "write the day")
        return [CauseShown(cause, [Kept(ROW, OPEN)])]

    def show(self, id_: str) -> Kept:
        if id_ != ROW.event_id:
            raise SetAside("SETASIDE_UNKNOWN", "nothing set aside has this id")
        return Kept(ROW, OPEN)

    def redrive(self, order: SetAsideOrder, actor: str, *, dry_run: bool) -> Preview:
        self.orders.append(("redrive", order, actor, dry_run))
        return Preview(1, 1, {"READY": 1}, {"person": 1}, {}, 0 if dry_run else 1)

    def drop(self, order: SetAsideOrder, actor: str, *, dry_run: bool) -> int:
        self.orders.append(("drop", order, actor, dry_run))
        return 1


def plain() -> dict[str, Any]:
    """The refusal as the API says it."""
    return {**ROW._asdict(), "known": ["2016-03-09"], "state": OPEN}
