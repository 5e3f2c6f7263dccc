"""Both fictional ENTs as processes, a real outbox, and the step `deliver` between them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from preau import shelf
from preau.agents.deliver import Deliver
from preau.agents.dispatcher import Tools
from preau.broker.records import Arrival, Output
from preau.catalogue.card import read_card
from preau.clock import SystemClock
from preau.outlets.opening import Product, WaysOut
from preau.outlets.operation import read_operations
from preau.sandbox.process import EntProcess
from preau.store.circles import Circle
from preau.store.database import open_database, prepare
from preau.store.deliveries import Deliveries, Delivery

TOKEN = "machine-account"
ECOLE, COLLEGE = "ent-ecole", "mon-ent"
CLASSES = range(5001, 5041)
USERS = [f"a1b2c3d4-0000-4000-8000-{number:012d}" for number in range(40)]
SEEDS = {
    "beneylu": {
        "schools": [
            {
                "id": 3001,
                "uai": "0119001Z",
                "name": "École de la Blanquette",
                "classes": [{"id": number, "label": f"CM2 {number}"} for number in CLASSES],
            }
        ]
    },
    "edifice": {
        "structures": [
            {
                "id": "s-1",
                "uai": "0119010J",
                "name": "Collège des Trois-Ponts",
                "classes": [
                    {
                        "id": "c-1",
                        "name": "6A",
                        "users": [
                            {"id": user, "displayName": "VIDALENQ Marc", "profile": "Teacher"}
                            for user in USERS
                        ],
                    }
                ],
            }
        ]
    },
}


class Reached(NamedTuple):
    """An instance as the store will give it."""

    name: str
    connector: str
    base_url: str
    secret: str = TOKEN
    way_out: str = "push"
    loopback: bool = True
    disabled: bool = False


class Ent(EntProcess):
    """One fictional ENT and what it says really changed."""

    def effects(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET /_sandbox/effects").body
        return found

    def fault(self, **order: Any) -> None:
        assert self.call("POST /_sandbox/fault", order).status == 200


class Hub:
    """The step with everything it needs; `work` runs it in a thread until a condition holds."""

    def __init__(self, database: str, ents: Mapping[str, Ent]) -> None:
        self.database = database
        self.opened: list[sa.Engine] = []
        self.outbox = self._outbox()
        self.receipts: list[dict[str, Any]] = []
        self.denied, self.disabled = set[str](), set[str]()
        self.circle, self.deaf = Circle(), threading.Event()
        self.on_receipts: Callable[[], object] = lambda: None
        self.instances = {
            name: Reached(name, product, ents[product].origin)
            for name, product in ((ECOLE, "beneylu"), (COLLEGE, "edifice"))
            if product in ents
        }
        self.products = {name: open_product(name) for name in ("beneylu", "edifice")}
        self._known: dict[str, int] = {}

    def restarted(self) -> Hub:
        """A fresh hub over the same database, as after a crash; ENTs and receipts are the same."""
        fresh = object.__new__(Hub)
        fresh.__dict__ |= self.__dict__
        fresh.outbox = self._outbox()
        fresh.deaf = threading.Event()
        return fresh

    def _outbox(self) -> Deliveries:
        """The outbox as a process opens it."""
        self.opened.append(open_database(self.database))
        prepare(self.opened[-1])
        return Deliveries(self.opened[-1])

    def send(self, *rows: Delivery) -> None:
        """As the step does with a batch from Kafka."""
        step = Deliver(self._tools(), json.loads, lambda _name: None)
        arrivals = [
            Arrival(
                f"preau.share.{r.destination}",
                0,
                n,
                r.entity.encode(),
                json.dumps(r._asdict()).encode(),
                {},
            )
            for n, r in enumerate(rows)
        ]
        assert step.handle(arrivals) == []

    def topics(self) -> list[str]:
        return Deliver(self._tools(), json.loads, lambda _name: None).topics()

    def work(self, holds: Callable[[Hub], bool], seconds: float = 60) -> None:
        """Delivers until the condition holds, then stops cleanly."""
        asyncio.run(self._work(holds, seconds, clean=True))

    def work_and_die(self, holds: Callable[[Hub], bool], seconds: float = 60) -> None:
        """Delivers until the condition holds, then drops everything that is under way."""
        asyncio.run(self._work(holds, seconds, clean=False))

    def outcomes(self) -> dict[tuple[str, str, int], str]:
        """The last outcome of each delivery that has ended."""
        ended = {"APPLIED", "ACCEPTED", "REFUSED", "EXPIRED"}
        told = [each for each in self.receipts if each["outcome"] in ended]
        return {(r["destination"], r["entity"], r["version"]): r["outcome"] for r in told}

    def idle(self) -> bool:
        """True when the outbox has nothing open."""
        return not self.outbox.destinations()

    async def _work(self, holds: Callable[[Hub], bool], seconds: float, *, clean: bool) -> None:
        stop = asyncio.Event()
        ways = WaysOut(self.instances.get, self.products.__getitem__, SystemClock())
        step = Deliver(self._tools(), json.loads, ways.open)
        running = asyncio.ensure_future(step.run(stop))
        deadline = asyncio.get_running_loop().time() + seconds
        while not await asyncio.to_thread(holds, self):
            assert asyncio.get_running_loop().time() < deadline, self.outcomes()
            if running.done():
                running.result()
            await asyncio.sleep(0.02)
        if clean:
            stop.set()
            await running
        else:
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.gather(running, return_exceptions=True)
        await ways.close()

    def _tools(self) -> Tools:
        return Tools(
            self.outbox,
            self,
            self._publish,
            lambda _record, said: json.dumps(said).encode(),
            SystemClock(),
            on_disable=self._disable,
            circle=lambda *_: self.circle,
        )

    def listed(self, _project: str, to: str, operation: str, _now_ms: int) -> set[str] | None:
        denied = to in self.denied and not operation.endswith("_REMOVE")
        needs = (fields for each in self.products.values() for fields in each.needs.values())
        return None if denied else set().union(*needs)

    def _disable(self, destination: str) -> None:
        self.disabled.add(destination)
        self.instances[destination] = self.instances[destination]._replace(disabled=True)

    async def _publish(self, outputs: Sequence[Output]) -> None:
        if self.deaf.is_set():
            await asyncio.Event().wait()
        self.receipts += [json.loads(output.value or b"") for output in outputs]
        await asyncio.to_thread(self.on_receipts)


def open_product(name: str) -> Product:
    """The shipped connector folder."""
    folder = shelf.connectors() / name
    needs = read_card(folder).needs
    return Product(read_operations(name, folder / "outlet", needs), needs)


@pytest.fixture
def ents(tmp_path: Path) -> Iterator[dict[str, Ent]]:
    """One école ENT with 40 classes, one collège ENT with 40 accounts."""
    made = {name: Ent(name, tmp_path / name, TOKEN) for name in SEEDS}
    for name, ent in made.items():
        ent.start()
        assert ent.call("POST /_sandbox/seed", SEEDS[name]).status == 200
    yield made
    for ent in made.values():
        ent.kill()


@pytest.fixture
def hub(database: str, ents: dict[str, Ent]) -> Iterator[Hub]:
    """The step between the two."""
    made = Hub(database, ents)
    yield made
    for engine in made.opened:
        engine.dispose()


@pytest.fixture
def row() -> Callable[..., Delivery]:
    """One delivery: `row("mon-ent", "GROUP_PUT", "group:g1", 1, group="g1", name="Défi")`."""

    def make(
        destination: str,
        operation: str,
        entity: str,
        version: int = 1,
        parents: Sequence[str] = (),
        **body: Any,
    ) -> Delivery:
        event = f"{destination}|{entity}|{version}"
        return Delivery(
            event,
            destination,
            "p-1",
            operation,
            entity,
            version,
            tuple(parents),
            f"cause of {event}",
            1_789_000_000_000,
            body,
        )

    return make


@pytest.fixture
def group(row: Callable[..., Delivery]) -> Callable[..., Delivery]:
    """A group for a destination: `group("mon-ent", "g1", version=2, name="Défi")`."""

    def make(destination: str, name: str = "g1", version: int = 1, label: str = "Défi") -> Delivery:
        return row(destination, "GROUP_PUT", f"group:{name}", version, group=name, name=label)

    return make


@pytest.fixture
def member(row: Callable[..., Delivery]) -> Callable[..., Delivery]:
    """A class of the école or an account of the collège: `member("mon-ent", USERS[0])`."""

    def make(destination: str, local: object, name: str = "g1", version: int = 1) -> Delivery:
        return row(
            destination,
            "MEMBER_PUT",
            f"member:{name}:{local}",
            version,
            [f"group:{name}"],
            group=name,
            member_kind="GROUP" if destination == ECOLE else "PERSON",
            local_id=str(local),
        )

    return make


@pytest.fixture
def users() -> list[str]:
    """Accounts of the collège."""
    return USERS


@pytest.fixture
def classes() -> list[int]:
    """The classes of the écoles."""
    return list(CLASSES)
