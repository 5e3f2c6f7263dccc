"""A hub's whole life on one database, what Kafka was told in it, and a rebuild from that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from preau.agents.hearing import Hearing
from preau.agents.identity import Identity
from preau.agents.rebuilding import Rebuilding, Steps
from preau.agents.receipts import ReceiptsStep
from preau.agents.recollecting import Recollecting
from preau.agents.set_asides import SetAsidesStep
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode
from preau.keys.likeness import Likeness
from preau.store import clocks, projections
from preau.store.receipts import Receipts

RANKS = ("version", "occurred_at")
WHAT_ENTS_KNOW = ("preau.share.", "preau.receipt")


class NoSeal:
    """Nobody has a sealed part here."""

    def expect(self, sealed: Any) -> None:
        assert list(sealed) == []

    def open(self, *_said: Any) -> bytes:
        raise AssertionError


class Life:
    """A hub's life on one database, and all that Kafka was told in it, in order."""

    def __init__(self, hub: Any, say: Any, ecole: Any, college: Any) -> None:
        self.hub, self.say, self.places = hub, say, (ecole, college)
        self.ledger: list[Arrival] = []
        self.version = 1
        self._ids = iter(f"person-{number}" for number in range(10_000))
        self.identity, self.receipts = self.fresh()

    def fresh(self) -> tuple[Identity, ReceiptsStep]:
        """New steps, as a new process has them."""
        hub = self.hub
        hub.restarted()
        who = Identity(hub.engine, NoSeal(), Likeness(b"k"), hub.clock, lambda: next(self._ids))
        return who, ReceiptsStep(Receipts(hub.engine), lambda value: decode(value).value)

    def read(self, topics: Sequence[str]) -> Iterator[list[Arrival]]:
        """What Kafka holds of these."""
        for each in self.ledger:
            if any(re.fullmatch(topic, each.topic) for topic in topics):
                yield [each]

    def hear(self, *arrivals: Arrival) -> None:
        """Each step works what is its own, and ENTs answer what they are told."""
        for each in arrivals:
            self.ledger.append(each)
            if each.topic == "preau.canon.person":
                self.hear(*map(arrived, self.identity.handle([each])))
                self.identity.acknowledged()
                continue
            if each.topic == "preau.receipt":
                self.receipts.handle([each])
            self.hear_of(self.hub.step.handle([each]))

    def hear_of(self, outputs: Sequence[Output]) -> None:
        """What the step had to say reaches Kafka, and ENTs answer."""
        told = [arrived(output) for output in outputs]
        self.hub.step.acknowledged()
        self.ledger += told
        self.hear(*map(self.answer, told))

    def answer(self, told: Arrival) -> Arrival:
        assert told.value is not None
        said = decode(told.value).value
        native = f"n-{said['entity'][-6:]}" if said["operation"].endswith("_PUT") else None
        receipt: Arrival = self.say.receipt(said, native)
        return receipt

    def act(self, act: str, number: int) -> None:
        """One thing that happens; `number` says to whom."""
        self.version += 1
        say, version, pupil = self.say, self.version, f"aaf/{number}"
        if act in {"account", "entry", "gone"}:
            source = f"college/u{number}" if act == "account" else pupil
            ref = {"academy": "11", "degree": "SECOND", "jointure": str(number)}
            self.hear(
                say.record(
                    *("person", source, version),
                    deleted=act == "gone",
                    profile="PUPIL",
                    national_ref=ref,
                )
            )
        elif act in {"joins", "leaves"}:
            self.hear(say.member("aaf/6A", pupil, version, deleted=act == "leaves"))
        elif act == "shares":
            self.hear(say.resource(f"ecole/{number}", f"Conte {version}", version))
            self.hear(say.share(f"ecole/{number}", "ecole/" + self.name(), version))
        elif act == "works":
            self.hear(say.homework(f"ecole/h{number}", "ecole/" + self.name(), version=version))
        else:
            self.hear(self.hub.project(*self.places, version=version, state="CLOSED"))

    def time_passes(self) -> None:
        """So long that Kafka and every clock have forgotten what ended, and what ENTs answered."""
        self.hub.clock.advance(clocks.PERSONAL_MS + clocks.DAY_MS)
        self.ledger = [e for e in self.ledger if not e.topic.startswith(WHAT_ENTS_KNOW)]
        with self.hub.engine.begin() as connection:
            clocks.sweep(connection, self.hub.clock.now_ms())

    def name(self) -> str:
        with self.hub.engine.connect() as connection:
            found = connection.execute(
                sa.text("select group_key from project_alias where group_key like 'ecole/%'")
            ).scalar()
        return str(found or "ecole/none").removeprefix("ecole/")

    def begin(self) -> None:
        """The project opens, and both classes are there."""
        self.hear(self.hub.project(*self.places))
        self.hear(self.say.group("ecole/5121"), self.say.group("aaf/6A"))

    def rebuilt(self) -> list[tuple[str, int]]:
        """Filled again by steps of a new process; what was told of it."""
        self.identity, self.receipts = self.fresh()
        told: list[tuple[str, int]] = []
        self.rebuilding().run(self, lambda what, count: told.append((what, count)))
        return told

    def rebuilding(self) -> Rebuilding:
        engine, clock = self.hub.engine, self.hub.clock
        hearing = Hearing(NoSeal(), Likeness(b"k"))
        who = Recollecting(engine, hearing, clock, lambda: next(self._ids))
        asides = SetAsidesStep(engine, lambda value: decode(value).value, clock)
        return Rebuilding(engine, Steps(who, self.hub.step, self.receipts, asides), clock)

    def state(self) -> dict[str, list[str]]:
        """Every row that follows from Kafka, in no order; what waited and ended is nothing."""
        with self.hub.engine.connect() as connection:
            return {
                table: sorted(shown(row) for row in _rows(connection, table) if not ended(row))
                for table in projections.DERIVED
            }


def arrived(output: Output) -> Arrival:
    return Arrival(output.topic, 0, 0, output.key, output.value, dict(output.headers))


def _rows(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(sa.text(f"select * from {table}"))]


def ended(row: dict[str, Any]) -> bool:
    return row.get("operation") == "MEMBER_WAIT_REMOVE"


def shown(row: dict[str, Any]) -> str:
    waits = row.get("operation") == "MEMBER_WAIT"
    return json.dumps(
        {n: v for n, v in row.items() if n != "seq" and not (waits and n in RANKS)}, sort_keys=True
    )
