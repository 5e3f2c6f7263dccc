"""The step that delivers, worked until it has nothing left that it may do now."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from preau.agents.deliver import Deliver
from preau.agents.dispatcher import Dispatcher, Tools
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode, encode
from preau.clock import SetClock
from preau.kit.paper_outlet import PaperOutlet
from preau.kit.small_hub import arrived
from preau.store.circles import Circle
from preau.store.deliveries import Claimed, Deliveries, Delivery, Settled
from preau.store.leave import Leave

TICK_S = 0.001
_CIRCLE = Circle("Projet", ("compte-1",))
"""On paper somebody is always in the group: who was there first is not what is looked at."""
PATIENCE_S = 30.0
"""How long, in seconds, an outlet on paper may take: it calls nobody."""


class Desk:
    """The outbox of one destination, its dispatcher, and what was answered."""

    def __init__(self, name: str, outlet: PaperOutlet, engine: sa.Engine, clock: SetClock) -> None:
        self.outlet = outlet
        self.receipts: list[Arrival] = []
        self._name = name
        self._outbox = _Watched(engine)
        said = (self._outbox, Leave(engine), self._publish, encode, clock)
        self._tools = Tools(*said, circle=lambda *_: _CIRCLE)
        self._step = Deliver(self._tools, lambda raw: decode(raw).value, lambda _name: outlet)

    def take(self, told: Sequence[Arrival]) -> list[Arrival]:
        """These deliveries come from Kafka in one batch; gives the receipts that follow."""
        before = len(self.receipts)
        self._step.handle(told)
        asyncio.run(self._work())
        return self.receipts[before:]

    def outcomes(self) -> dict[str, str]:
        """The last answer on each entity: its reason, or else its outcome."""
        read = (decode(each.value or b"").value for each in self.receipts)
        return {each["entity"]: each["reason"] or each["outcome"] for each in read}

    async def _work(self) -> None:
        stop = asyncio.Event()
        dispatcher = Dispatcher(self._name, self.outlet, self._tools)
        running = asyncio.ensure_future(dispatcher.run(stop))
        async with asyncio.timeout(PATIENCE_S):
            while not running.done() and not self._outbox.still:
                await asyncio.sleep(TICK_S)
        stop.set()
        dispatcher.wake()
        await running

    async def _publish(self, outputs: Sequence[Output]) -> None:
        self.receipts += map(arrived, outputs)


class _Watched(Deliveries):
    """The outbox, and whether its dispatcher has looked since the last change and found nothing."""

    def __init__(self, engine: sa.Engine) -> None:
        super().__init__(engine)
        self._under_way = self._changes = 0
        self._idle_at = -1

    @property
    def still(self) -> bool:
        """Whether nothing is under way, and nothing may be begun at this moment."""
        return not self._under_way and self._idle_at == self._changes

    def insert(self, rows: Sequence[Delivery]) -> None:
        """As the outbox."""
        super().insert(rows)
        self._changes += 1

    def claim(
        self, destination: str, now_ms: int, limit: int, busy: Collection[str]
    ) -> list[Claimed]:
        """As the outbox."""
        return self._begun(super().claim(destination, now_ms, limit, busy))

    def youngest(
        self, destination: str, now_ms: int, limit: int, busy: Collection[str]
    ) -> list[Claimed]:
        """As the outbox."""
        return self._begun(super().youngest(destination, now_ms, limit, busy))

    def orphans(self, destination: str, limit: int, busy: Collection[str]) -> list[Claimed]:
        """As the outbox; it is asked for when there was nothing to claim."""
        seen = self._changes
        found = self._begun(super().orphans(destination, limit, busy))
        if not (found or busy):
            self._idle_at = seen
        return found

    def settle(self, results: Sequence[Settled]) -> None:
        """As the outbox."""
        self._changes += 1  # who looks meanwhile may see it or not
        super().settle(results)
        self._changes += 1
        self._under_way -= len(results)

    def _begun(self, found: list[Claimed]) -> list[Claimed]:
        self._under_way += len(found)
        self._changes += bool(found)
        return found
