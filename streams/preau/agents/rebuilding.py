"""Fills what follows from Kafka again, from nothing: who is who, what was said, what ENTs hold.

First identity's decisions, so that every person keeps its id; then what was said; then what was
sent and what was answered, so that a delivery's version goes on from the last one. What projects
then want beyond that waits in the store, and leaves when the hub starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa

from preau.agents.hearing import PERSON
from preau.agents.projects import ProjectsStep
from preau.agents.receipts import ReceiptsStep
from preau.agents.recollecting import Recollecting
from preau.agents.set_asides import SetAsidesStep
from preau.broker.records import Arrival
from preau.broker.topics import CANON, LINK, RECEIPT, RULING, SHARE
from preau.canon.codec import decode
from preau.clock import Clock
from preau.errors import SetAside
from preau.store import projections
from preau.store.outgoing import Row
from preau.store.sent_before import put_back, put_back_the_rest

SHARES = "^" + SHARE.replace(".", r"\.") + ".*"


class Ledger(Protocol):
    """What lies in Kafka; `preau.broker.backlog.Backlog`."""

    def read(self, topics: Sequence[str]) -> Iterator[Sequence[Arrival]]:
        """Every record of these topics, those of one key in their order."""
        ...


class Steps(NamedTuple):
    """Those whose state is filled again, none of them at work elsewhere."""

    identity: Recollecting
    projects: ProjectsStep
    receipts: ReceiptsStep
    setasides: SetAsidesStep


class Rebuilding:
    """Repeatable: begun again after a crash, it begins from nothing again."""

    def __init__(self, engine: sa.Engine, steps: Steps, clock: Clock) -> None:
        self._engine = engine
        self._steps = steps
        self._clock = clock

    def run(self, ledger: Ledger, told: Callable[[str, int], None]) -> None:
        """Empties and fills; `told` (what, how many records) at the end of each part."""
        with self._engine.begin() as connection:
            projections.begin(connection, self._clock.now_ms())
        who, projects, _, setasides = self._steps
        said = [topic for topic in projects.topics() if topic not in {LINK, RECEIPT}]
        parts: Sequence[tuple[str, Sequence[str], Callable[[Sequence[Arrival]], object]]] = (
            ("links", (LINK,), self._decided),
            ("persons", (CANON + PERSON, RULING), who.said),
            ("states", said, projects.keep),
            ("deliveries", (SHARES,), self._sent),
            ("receipts", (RECEIPT,), self._answered),
            ("set aside", setasides.topics(), setasides.handle),
        )
        for what, topics, keep in parts:
            told(what, sum(_kept(keep, batch) for batch in ledger.read(topics)))
        who.end()
        with self._engine.begin() as connection:
            put_back_the_rest(connection)
        projects.opening()
        with self._engine.begin() as connection:
            projections.end(connection)

    def _decided(self, batch: Sequence[Arrival]) -> None:
        self._steps.identity.decided(_values(batch, "link"))

    def _sent(self, batch: Sequence[Arrival]) -> None:
        with self._engine.begin() as connection:
            put_back(connection, [_row(each) for each in _values(batch, "delivery")])

    def _answered(self, batch: Sequence[Arrival]) -> None:
        self._steps.projects.keep(batch)
        self._steps.receipts.handle(batch)


def _kept(keep: Callable[[Sequence[Arrival]], object], batch: Sequence[Arrival]) -> int:
    keep(batch)
    return len(batch)


def _values(records: Iterable[Arrival], record: str) -> Iterator[dict[str, Any]]:
    """The fields of the readable ones of that record; the steps told of the others long ago."""
    for each in records:
        if each.value is None:
            continue
        try:
            decoded = decode(each.value)
        except SetAside:
            continue
        if decoded.record == record:
            yield decoded.value


def _row(delivery: dict[str, Any]) -> Row:
    told = {name: delivery[name] for name in Row._fields if name in delivery}
    local = delivery["body"].get("local_id") or ""
    return Row(**{**told, "parents": tuple(told["parents"]), "local": local, "seq": 0})
