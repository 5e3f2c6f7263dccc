"""Something is cut under load, processes are killed meanwhile, and it is resumed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.app.switch_desk import SwitchDesk
from preau.store import kept_back
from preau.store.switches import RECORD, Cut, Order
from tests.faults.campaign import Campaign, Size
from tests.faults.world import World, until

LOAD = Size(shares=25, acts=15, rosters=2, carried=150, papers=15)
_TICK_S, _FEW = 0.02, 5
_WITNESS = "tests"
_LEFT = sa.text("select count(*) from delivery where state <> 'DONE'")


class Interrupted(NamedTuple):
    """What came of a cut: effects under it in all, the seconds to the last one, what is wrong.

    `watched` is for how long nobody saw any more; `kept` records, `waiting` deliveries were held.
    """

    order: Order
    effects: int
    last_s: float
    watched: float
    kept: int
    waiting: int
    wrong: list[str]


@dataclass
class Witness:
    """Counts the effects that a cut forbids, and remembers when it saw the last one."""

    world: World
    order: Order
    ent: str

    def __post_init__(self) -> None:
        self.began = self.last = time.monotonic()
        self.begin = self.count = self._read()

    def watch(self, seconds: float) -> None:
        """Looks for so long."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            self.look()
            time.sleep(_TICK_S)

    def look(self) -> int:
        """How many there were since the cut."""
        count = self._read()
        if count != self.count:
            self.count, self.last = count, time.monotonic()
        return self.count - self.begin

    def _read(self) -> int:
        names = [*self.world.ents] if self.order.kind == RECORD else [self.ent]
        effects = [each for name in names for each in self._effects(name)]
        if self.order.kind == RECORD:
            effects = [each for each in effects if each["entity"].startswith(self.order.target)]
        return len(effects)

    def _effects(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.world.ask(name, "GET /_sandbox/effects")
        return found


def interrupt(campaign: Campaign, seed: int, order: Order, ent: str, watch_s: float) -> Interrupted:
    """One cut: load before, during and after it; `deliver` and `projects` are killed under it."""
    world, chance = campaign.world, random.Random(f"cut {seed} {order.kind} {order.target}")
    desk = SwitchDesk(world.control)
    before = Witness(world, order, ent)
    with loaded(campaign, chance):
        until(lambda: before.look() >= _FEW, tick_s=_TICK_S)
        witness = Witness(world, order, ent)  # counted just before, so that nothing is left out
        cut = desk.cut(order, _WITNESS)
        campaign.go_on(chance, LOAD)
        witness.watch(watch_s)
    for victim in ("deliver", "projects"):
        campaign.kill(victim)
    campaign.go_on(chance, LOAD)
    until(lambda: _kept(world) > 0)
    witness.watch(watch_s)
    effects, kept, waiting = witness.look(), _kept(world), _waiting(world)
    _resume(desk, cut)
    wrong = campaign.close()
    last_s = witness.last - witness.began
    return Interrupted(order, effects, last_s, 2 * watch_s - last_s, kept, waiting, wrong)


@contextmanager
def loaded(campaign: Campaign, chance: random.Random) -> Iterator[None]:
    """Events come in from everywhere until this ends."""
    letters = campaign.courier.write(chance, LOAD.papers, LOAD.carried)
    campaign.said += len(letters)
    carrier = threading.Thread(target=campaign.courier.post, args=(letters,))
    carrier.start()
    try:
        campaign.open(chance, LOAD)
        yield
    finally:
        carrier.join()


def _resume(desk: SwitchDesk, cut: Cut) -> None:
    assert desk.resume(cut.id, _WITNESS).resumed_at is not None


def _kept(world: World) -> int:
    with world.control.engine.connect() as connection:
        return kept_back.count(connection)


def _waiting(world: World) -> int:
    with world.control.engine.connect() as connection:
        return int(connection.execute(_LEFT).scalar_one())
