"""The step `deliver` over a real database, with real ENTs: one may be ill, the others are timed."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from preau import shelf
from preau.agents.deliver import Deliver
from preau.agents.dispatcher import Tools
from preau.broker.records import Arrival, Output
from preau.catalogue.card import read_card
from preau.clock import SystemClock
from preau.outlets.opening import Product, WaysOut
from preau.outlets.operation import read_operations
from preau.sandbox.process import EntProcess
from preau.store.database import open_database, prepare
from preau.store.deliveries import Deliveries, Delivery

PRODUCT, TOKEN, ILL = "edifice", "machine-account", "malade"
WELL = ("ent-a", "ent-b", "ent-c")
NAMES = (*WELL, ILL)
_ENDED = frozenset({"APPLIED", "REFUSED"})
_TICK_S = 0.005


class Reached(NamedTuple):
    """An instance as its operator declared it."""

    name: str
    base_url: str
    connector: str = PRODUCT
    secret: str = TOKEN
    way_out: str = "push"
    loopback: bool = True
    disabled: bool = False


class Ents:
    """The four fictional ENTs, each a process."""

    def __init__(self, folder: Path) -> None:
        self.of = {name: EntProcess(PRODUCT, folder / name, TOKEN) for name in NAMES}

    @contextmanager
    def running(self) -> Iterator[Ents]:
        """Started here, ended at the end."""
        try:
            for ent in self.of.values():
                ent.start()
            yield self
        finally:
            for ent in self.of.values():
                ent.kill()

    def fault(self, **order: Any) -> None:
        """How the ill one misbehaves from now on; `kind="none"` cures it."""
        self.of[ILL].call("POST /_sandbox/fault", order)


class House:
    """One round: groups are sent to every ENT at a steady pace, and their receipts are timed."""

    def __init__(self, database: str, ents: Ents) -> None:
        self._engine = open_database(database)
        prepare(self._engine)
        self.outbox = Deliveries(self._engine)
        self._reached = {n: Reached(n, ent.origin) for n, ent in ents.of.items()}
        folder = shelf.connectors() / PRODUCT
        needs = read_card(folder).needs
        self._product = Product(read_operations(PRODUCT, folder / "outlet", needs), needs)
        self._sent: dict[tuple[str, str], float] = {}
        self.took: dict[str, list[float]] = {name: [] for name in NAMES}
        self.said: dict[str, set[str]] = {name: set() for name in NAMES}

    def listed(self, _project: str, _to: str, operation: str, _now_ms: int) -> set[str]:
        """Everything that the card lists: mandates are not what is measured."""
        return set(self._product.needs[operation])

    async def play(self, each_s: float, count: int) -> None:
        """Sends `count` groups to every ENT, one each `each_s`; ends when the well answered."""
        stop, step, ways = asyncio.Event(), *self._step()
        running = asyncio.ensure_future(step.run(stop))
        for number in range(count):
            rows = [_group(name, f"g{number}") for name in NAMES]
            now = time.monotonic()
            self._sent |= {(row.destination, row.entity): now for row in rows}
            await asyncio.to_thread(step.handle, [_arrival(row) for row in rows])
            await asyncio.sleep(max(0.0, now + each_s - time.monotonic()))
        while any(len(self.took[name]) < count for name in WELL):
            if running.done():
                running.result()
            await asyncio.sleep(_TICK_S)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await ways.close()
        self._engine.dispose()

    def _step(self) -> tuple[Deliver, WaysOut]:
        ways = WaysOut(self._reached.get, lambda _name: self._product, SystemClock())
        tools = Tools(self.outbox, self, self._publish, _encoded, SystemClock())
        return Deliver(tools, json.loads, ways.open), ways

    async def _publish(self, outputs: Sequence[Output]) -> None:
        now = time.monotonic()
        for output in outputs:
            said = json.loads(output.value or b"")
            name = said["destination"]
            self.said[name].add(f"{said['outcome']} {said['reason'] or ''}".strip())
            if said["outcome"] in _ENDED:
                self.took[name].append(now - self._sent[name, said["entity"]])


def _encoded(_record: str, said: Mapping[str, Any]) -> bytes:
    return json.dumps(said).encode()


def _group(destination: str, group: str) -> Delivery:
    return Delivery(
        *(f"{destination}|{group}", destination, "p-1", "GROUP_PUT", f"group:{group}", 1, ()),
        *("cause", 1_789_000_000_000, {"group": group, "name": "Défi lecture"}),
    )


def _arrival(row: Delivery) -> Arrival:
    value = json.dumps(row._asdict()).encode()
    return Arrival(f"preau.share.{row.destination}", 0, 0, row.entity.encode(), value, {})
