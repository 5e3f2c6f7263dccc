"""Where an operator cuts what must stop at once in an incident, and resumes it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from preau.agents.keeping_back import PERSON
from preau.agents.statements import RECORDS
from preau.app.control import Control
from preau.errors import Place, SetAside
from preau.store import switches
from preau.store.switches import INSTANCE, LONGEST_REASON, RECORD, Cut, Order

CUTTABLE = (*RECORDS, PERSON)
"""The records that travel from one ENT to another."""
_UAI = re.compile(r"[0-9]{7}[A-Z]")


class SwitchDesk:
    """The cuts of this hub; each act is one transaction, with its entry in the audit chain."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def cut(self, order: Order, actor: str) -> Cut:
        """Cuts it, or gives the cut that is there; raises `SetAside` (SWITCH_TARGET)."""
        self._check(order)
        with self._control.engine.begin() as connection:
            return switches.cut(connection, order, actor, self._control.clock.now_ms())

    def resume(self, number: int, actor: str) -> Cut:
        """Ends a cut; raises `SetAside` (SWITCH_UNKNOWN)."""
        with self._control.engine.begin() as connection:
            ended = switches.resume(connection, number, actor, self._control.clock.now_ms())
            known = tuple(str(each.id) for each in switches.cuts(connection))
        if ended is None:
            where, fix = Place(field="id"), "see the list of cuts"
            what = "nothing is cut under this number"
            raise SetAside("SWITCH_UNKNOWN", what, where=where, known=known, fix=fix)
        return ended

    def last(self) -> Sequence[Cut]:
        """The last cuts, newest first; what is still cut has no `resumed_at`."""
        with self._control.engine.connect() as connection:
            return switches.last(connection)

    def _check(self, order: Order) -> None:
        if len(order.reason) > LONGEST_REASON:
            what, fix = f"a reason of {len(order.reason)} characters", "say it in 200; name nobody"
            raise SetAside("SWITCH_REASON", what, where=Place(field="reason"), fix=fix)
        known: tuple[str, ...] = CUTTABLE
        if order.kind == INSTANCE:
            known = tuple(each.name for each in self._control.instances.all())
        elif order.kind != RECORD:
            known = (order.target,) if _UAI.fullmatch(order.target) else ("seven digits, a letter",)
        if order.target not in known:
            what, fix = f"no such {order.kind} can be cut", "give one of the known ones"
            where = Place(field=order.kind)
            raise SetAside("SWITCH_TARGET", what, where=where, known=known, fix=fix)
