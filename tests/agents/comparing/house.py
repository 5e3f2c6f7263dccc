"""The steps `projects`, `deliver` and `receipts` over one database, real fictional ENTs, no Kafka.

What one step writes the next one reads at once; a comparison runs as at night, only without pauses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from preau.agents.comparison import Compared, CompareTools, Comparing
from preau.agents.deliver import Deliver
from preau.agents.dispatcher import Tools
from preau.agents.receipts import ReceiptsStep
from preau.app.products import product
from preau.app.steps import reader
from preau.broker.records import Arrival, Output
from preau.broker.topics import RECEIPT, SHARE
from preau.canon.codec import decode, encode
from preau.catalogue.catalogue import open_catalogue
from preau.outlets.address import open_session
from preau.outlets.opening import WaysOut
from preau.outlets.outcome import Target
from preau.sandbox.process import EntProcess
from preau.store import drifts, outgoing
from preau.store.comparisons import Comparison
from preau.store.deliveries import Deliveries
from preau.store.drifts import Drift
from preau.store.leave import Leave
from preau.store.projects import Place
from preau.store.receipts import Receipts
from tests.agents.deliver.conftest import Reached
from tests.agents.projects.conftest import PROJECT, Hub, Said

TOKEN = "machine-account"
CATALOGUE = open_catalogue()


class House(Hub):
    """A hub; `ents` are its instances, each with the process that plays it."""

    def __init__(self, database: str, ents: Mapping[str, tuple[str, EntProcess]]) -> None:
        self.products = {
            name: product(CATALOGUE, connector) for name, (connector, _) in ents.items()
        }
        super().__init__(database)
        cards = {name: CATALOGUE.connector(ent[0]).card for name, ent in ents.items()}
        self.cards: dict[str, Any] = cards
        self.restarted()
        self.ents = {name: ent for name, (_, ent) in ents.items()}
        self.instances = {
            name: Reached(name, connector, ent.origin) for name, (connector, ent) in ents.items()
        }
        self.outbox = Deliveries(self.engine)
        self.projection = ReceiptsStep(Receipts(self.engine), reader("receipt"))
        self.receipts: list[dict[str, Any]] = []
        self.hide = lambda text: f"digest-{len(text)}"

    def begin(self, *places: Place, said: Sequence[Arrival] = ()) -> None:
        """The project opens, and every ENT is told and has answered."""
        self.settle(self.step.opening())
        self.settle(self.step.handle([self.project(*places), *said]))

    def tell(self, *arrivals: Arrival) -> None:
        """Something is said; all that follows from it happens."""
        self.settle(self.step.handle(arrivals))

    def tick(self) -> None:
        """What the step does by itself every second."""
        self.settle(self.step.tick())

    def settle(self, outputs: Sequence[Output]) -> None:
        """Each step works until nothing moves any more."""
        self.step.acknowledged()
        told = [_arrived(each) for each in outputs if each.topic.startswith(SHARE)]
        if not told:
            return
        answers = [_arrived(each) for each in asyncio.run(self._deliver(told))]
        self.receipts += [dict(decode(each.value or b"").value) for each in answers]
        self.projection.handle(answers)
        self.settle([*self.step.handle(answers), *self.step.tick()])

    def compare(self, name: str, *, confirmed: bool = False) -> Comparison:
        """One comparison; its repairs are done when it gives back."""
        told = asyncio.run(self.comparing(name, confirmed=confirmed))
        self.tick()
        return told

    async def comparing(self, name: str, *, confirmed: bool = False) -> Comparison:
        """The comparison alone."""
        made = self.products[name]
        target = Target(name, self.instances[name].base_url, TOKEN, loopback=True)
        needs = {operation: tuple(fields) for operation, fields in made.needs.items()}
        asked = Compared(target, replace(made.read_back, per_minute=1_000_000), needs)
        tools = CompareTools(self.engine, self.clock, self.hide)
        async with open_session(loopback=True) as session:
            return await Comparing(asked, tools, confirmed=confirmed).run(session)

    def drifts(self, name: str) -> dict[str, tuple[str, str]]:
        """Entity → (kind, state) of what differs there, as it is noted now."""
        return {each.entity: (each.kind, each.state) for each in self.rows(name)}

    def rows(self, name: str) -> list[Drift]:
        """The same, whole."""
        with self.engine.connect() as connection:
            return drifts.of(connection, name)

    def holds(self, name: str) -> list[dict[str, Any]]:  # type: ignore[override]
        """The hub's groups as this ENT shows them."""
        found: list[dict[str, Any]] = self.ents[name].call("GET /_sandbox/holds").body
        return found

    def reasons(self, name: str) -> list[tuple[str, str, str]]:
        """(operation, outcome, reason) of every receipt of this ENT so far."""
        mine = [each for each in self.receipts if each["destination"] == name]
        return [(r["operation"], r["outcome"], r["reason"] or "") for r in mine]

    def entity(self, name: str, operation: str) -> str:
        """The one thing that this ENT was told so."""
        with self.engine.connect() as connection:
            rows = outgoing.of_project(connection, PROJECT)
        (found,) = [r.entity for r in rows if (r.destination, r.operation) == (name, operation)]
        return found

    async def _deliver(self, told: Sequence[Arrival]) -> list[Output]:
        found: list[Output] = []

        async def publish(outputs: Sequence[Output]) -> None:
            found.extend(each for each in outputs if each.topic == RECEIPT)

        leave = Leave(self.engine)
        tools = Tools(self.outbox, leave, publish, encode, self.clock)
        ways = WaysOut(self.instances.get, self._product, self.clock)
        step = Deliver(tools, reader("delivery"), ways.open)
        step.handle(told)
        stop = asyncio.Event()
        running = asyncio.ensure_future(step.run(stop))
        async with asyncio.timeout(60):
            while self.outbox.destinations():
                if running.done():
                    running.result()
                await asyncio.sleep(0.01)
        stop.set()
        await running
        await ways.close()
        return found

    def _product(self, connector: str) -> Any:
        return product(CATALOGUE, connector)


def _arrived(output: Output) -> Arrival:
    return Arrival(output.topic, 0, 0, output.key, output.value, dict(output.headers or ()))


def said() -> Said:
    """What instances say."""
    return Said()
