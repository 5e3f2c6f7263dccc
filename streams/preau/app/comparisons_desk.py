"""What ENTs hold beside what they should hold: which can be asked, one comparison on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache, partial
from typing import NamedTuple

from preau.agents.comparison import Compared, CompareTools, Comparing
from preau.app.control import Control
from preau.app.products import product
from preau.errors import Place, Stop, TryAgain
from preau.outlets.address import open_session
from preau.outlets.inventory import Busy
from preau.outlets.outcome import Target
from preau.store import audit, comparisons, drifts, switches
from preau.store.audit import OPERATOR, Act
from preau.store.comparisons import Comparison
from preau.store.drifts import Drift
from preau.store.instances import Instance
from preau.store.switches import INSTANCE

PUSH = "push"


class Report(NamedTuple):
    """How a comparison went, and every drift that is known of that ENT now."""

    comparison: Comparison
    drifts: tuple[Drift, ...]


class ComparisonsDesk:
    """Each product's folder is read once."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._product = cache(partial(product, control.catalogue))

    @property
    def tools(self) -> CompareTools:
        """What a comparison stands on."""
        control = self._control
        return CompareTools(control.engine, control.clock, control.digests.hidden)

    def sources(self) -> list[Compared]:
        """Every instance that can be asked now: enabled, written to by calls, not cut."""
        found = [self._compared(each) for each in self._open()]
        return [each for each in found if each.read_back.questions]

    def compare(self, name: str, *, confirmed: bool = False) -> Report:
        """Asks it now; what may be repaired is, within seconds. Raises `Stop`, `TryAgain`.

        `confirmed`: a person says that a mass of differences is real.
        """
        sources = {each.target.instance: each for each in self.sources()}
        if name not in sources:
            raise self._not_asked(name, tuple(sources))
        try:
            told = asyncio.run(self._run(sources[name], confirmed=confirmed))
        except Busy as busy:
            what = f"the ENT cannot be compared now: {busy.reason}"
            fix = "nothing was concluded; try again when it answers"
            raise TryAgain("COMPARE_BUSY", what, where=Place(field="instance"), fix=fix) from busy
        with self._control.engine.begin() as connection:
            act = Act(OPERATOR, "instance.compared", name, {"confirmed": confirmed})
            audit.append(connection, act, self._control.clock.now_ms())
            return Report(told, tuple(drifts.of(connection, name)))

    def every(self) -> list[Comparison]:
        """How the last comparison of each instance went."""
        with self._control.engine.connect() as connection:
            return comparisons.every(connection)

    async def _run(self, what: Compared, *, confirmed: bool) -> Comparison:
        async with open_session(loopback=what.target.loopback) as session:
            return await Comparing(what, self.tools, confirmed=confirmed).run(session)

    def _open(self) -> Sequence[Instance]:
        with self._control.engine.connect() as connection:
            cut = {each.target for each in switches.cuts(connection) if each.kind == INSTANCE}
        known = self._control.instances.all()
        return [e for e in known if e.way_out == PUSH and not e.disabled and e.name not in cut]

    def _compared(self, instance: Instance) -> Compared:
        made = self._product(instance.connector)
        where = (instance.name, instance.base_url, instance.secret, instance.loopback)
        needs = {operation: tuple(fields) for operation, fields in made.needs.items()}
        return Compared(Target(*where), made.read_back, needs)

    def _not_asked(self, name: str, known: tuple[str, ...]) -> Stop:
        found = self._control.instances.get(name)
        what = "there is no such instance, or it is disabled"
        if found is not None and not found.disabled:
            what = "it is cut, or its product cannot be asked what it holds"
        where, fix = Place(field="instance"), "see docs/en/outlets.md: Reading back"
        return Stop("COMPARE_UNREADABLE", what, where=where, known=known, fix=fix)
