"""What follows from Kafka, emptied and filled again from it, is what it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from preau.agents.hearing import Hearing
from preau.agents.identity import Identity
from preau.agents.rebuilding import Rebuilding, Steps
from preau.agents.receipts import ReceiptsStep
from preau.agents.recollecting import Recollecting
from preau.agents.set_asides import SetAsidesStep
from preau.broker.records import Arrival, Output
from preau.canon.codec import decode
from preau.keys.likeness import Likeness
from preau.store import projections
from preau.store.receipts import Receipts

RANKS = ("version", "occurred_at")
ACTS = st.tuples(
    st.sampled_from(["account", "entry", "gone", "joins", "leaves", "shares", "works", "closes"]),
    st.integers(0, 3),
)


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
            told = [arrived(output) for output in self.hub.step.handle([each])]
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


@pytest.fixture
def life(hub: Any, say: Any, ecole: Any, college: Any) -> Life:
    return Life(hub, say, ecole, college)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=20))
@example(acts=[("account", 1), ("entry", 1), ("joins", 1), ("shares", 2), ("gone", 1)])
@example(acts=[("joins", 0), ("entry", 0), ("account", 0), ("works", 1), ("closes", 0)])
def test_after_any_life_it_is_what_it_was(life: Life, acts: list[tuple[str, int]]) -> None:
    life.hub.forget_everything()
    life.ledger.clear()
    life.begin()
    for act, number in acts:
        life.act(act, number)
    before = life.state()
    life.rebuilt()
    assert life.state() == before
    assert life.hub.restarted().opening() == []


def test_the_life_of_the_test_says_much(life: Life) -> None:
    life.begin()
    for act in ("account", "entry", "joins", "shares", "works"):
        life.act(act, 1)
    empty = {table for table, rows in life.state().items() if not rows}
    assert empty <= {"person_move", "set_aside"}
    told = dict(life.rebuilt())
    assert [what for what, count in told.items() if not count] == ["set aside"]


def test_a_decision_that_kafka_never_got_is_told_at_the_next_start(life: Life) -> None:
    life.begin()
    life.act("entry", 1)
    life.act("account", 1)
    life.ledger = [each for each in life.ledger if each.topic != "preau.link"]
    life.rebuilt()
    owed = life.fresh()[0].opening()
    assert sorted(each.key or b"" for each in owed) == [b"aaf/1", b"college/u1"]
    assert len({decode(each.value or b"").value["person"] for each in owed}) == 1


def test_a_hub_whose_tables_are_half_full_is_known(life: Life, tmp_path: Path) -> None:
    life.begin()

    class Broken:
        def read(self, topics: Sequence[str]) -> Iterator[list[Arrival]]:
            raise RuntimeError(tmp_path.name, *topics)

    with pytest.raises(RuntimeError):
        life.rebuilding().run(Broken(), lambda *_: None)
    with life.hub.engine.connect() as connection:
        assert projections.unfinished(connection)
    life.rebuilt()
    with life.hub.engine.connect() as connection:
        assert not projections.unfinished(connection)
