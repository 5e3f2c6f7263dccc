"""A campaign: rounds of events in one world, a victim killed in each, the books read after each."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from preau.app.readiness import health
from preau.demo.limoux.town import BENEYLU, EDIFICE
from tests.databases import POSTGRESQL, PostgreSQL
from tests.faults.authors import Author, Offices
from tests.faults.books import Effects, Events, of_documents, of_members
from tests.faults.courier import Courier, Event
from tests.faults.gauges import Gauges
from tests.faults.plan import KAFKA, Round, acts_of
from tests.faults.world import World, until, until_nothing

_TICK_S = 0.002
_LAST_LINES = 40


class Size(NamedTuple):
    """How much happens: per ENT so many shares, acts on them (twice) and changes in classes.

    The courier brings `carried` events on `papers` documents of its own.
    """

    shares: int
    acts: int
    rosters: int
    carried: int
    papers: int


WHOLE = Size(shares=110, acts=185, rosters=10, carried=1_400, papers=50)
"""More than 2,000 events, whatever the seed."""
SMALL = Size(shares=30, acts=20, rosters=2, carried=100, papers=10)


class Played(NamedTuple):
    """What came of a round: how many events, effects in ENTs, seconds; and what is wrong."""

    events: int
    effects: int
    seconds: float
    wrong: list[str]


@dataclass
class Campaign:
    """Everything that lasts from round to round; `said` counts all events since the world began."""

    world: World
    gauges: Gauges
    events: Events
    courier: Courier
    authors: list[Author]
    offices: Offices
    effects: list[Effects]
    said: int = 0
    database: PostgreSQL | None = None
    _told: set[str] = field(default_factory=set)

    def play(self, seed: int, planned: Round, size: Size = WHOLE) -> Played:
        """One round, to its quiet end."""
        began, said, effects = time.monotonic(), self.said, self._done()
        start, chance = self.gauges.read(planned.gauge), acts_of(seed, planned.number)
        with self._carried(self._letters(chance, size), by_file=planned.by_file):
            self.open(chance, size)
            with self._logs_told():
                self._await(planned.gauge, start + planned.after // 3)
                self.go_on(chance, size)
                self._await(planned.gauge, start + planned.after)
            self.kill(planned.victim)
        wrong = self.close()
        return Played(self.said - said, self._done() - effects, time.monotonic() - began, wrong)

    def open(self, chance: random.Random, size: Size) -> None:
        """Classes change, documents are shared, some are changed before anybody knows of them."""
        self.said += self.offices.change(chance, size.rosters)
        self.said += sum(author.share(chance, size.shares) for author in self.authors)
        self.go_on(chance, size)

    def go_on(self, chance: random.Random, size: Size) -> None:
        """Documents are changed, those that travel just now among them."""
        self.said += sum(author.change(chance, size.acts, size.shares) for author in self.authors)

    def close(self) -> list[str]:
        """Waits until all is quiet; then what is wrong and was not told before."""
        with self._logs_told():
            until_nothing(self.gauges.busy)
        fresh = [line for line in self._wrong() if line not in self._told]
        self._told |= set(fresh)
        return fresh

    @contextmanager
    def _logs_told(self) -> Iterator[None]:
        """What the hub's processes said last goes with a failure: the folder is gone by then."""
        try:
            yield
        except AssertionError as failed:
            for log in sorted((self.world.settings.folder / "logs").glob("*.log")):
                last = log.read_text("utf-8", errors="replace").splitlines()[-_LAST_LINES:]
                failed.add_note("\n".join([f"--- {log.name}", *last]))
            raise

    def kill(self, victim: str) -> None:
        """`kill -9`; whoever supervises it starts it again (an ENT, PostgreSQL: we do)."""
        if victim == POSTGRESQL:
            self._lose_database()
            return
        if victim in self.world.ents:
            self.world.ents[victim].kill()
            self.world.ents[victim].start()
            return
        hub = self.world.hub
        pid = hub.broker.pid if victim == KAFKA else hub.supervisor.child(victim).pid
        assert pid is not None, f"{victim} does not run"
        os.kill(pid, signal.SIGKILL)

    def _lose_database(self) -> None:
        """It is away until the hub says so, and comes back on the same data, in the same place."""
        assert self.database is not None, "the hub's database is no process"
        self.database.kill()
        address = self.world.hub.address
        until(lambda: health(address).get("database") == {"reachable": False})
        self.database.start()

    def _letters(self, chance: random.Random, size: Size) -> list[Event]:
        letters = self.courier.write(chance, size.papers, size.carried)
        self.said += len(letters)
        return letters

    @contextmanager
    def _carried(self, letters: list[Event], *, by_file: bool) -> Iterator[None]:
        carry = self.courier.drop if by_file else self.courier.post
        carrier = threading.Thread(target=carry, args=(letters,))
        carrier.start()
        try:
            yield
        finally:
            carrier.join()

    def _await(self, gauge: str, count: int) -> None:
        until(lambda: self.gauges.passed(gauge, count), tick_s=_TICK_S)

    def _done(self) -> int:
        return sum(each.count for each in self.effects)

    def _wrong(self) -> Iterator[str]:
        """Every difference between what was said and what both ENTs hold."""
        yield from self.events.read(self.said)
        carried = self.courier.expected()
        written = {author.name: author.expected() for author in self.authors}
        expected = {EDIFICE: {**written[BENEYLU], **carried}, BENEYLU: written[EDIFICE]}
        for name in self.world.ents:
            (held,) = self.world.ask(name, "GET /_sandbox/holds")
            yield from of_documents(name, expected[name], held["documents"])
            yield from of_members(name, self.offices.expected()[name], held["members"])
        for each in self.effects:
            yield from each.read()


@contextmanager
def open_campaign(world: World, database: PostgreSQL | None = None) -> Iterator[Campaign]:
    """A campaign whose books begin with what the world has said so far; `database`: its server."""
    with ExitStack() as stack:
        campaign = Campaign(
            world,
            stack.enter_context(closing(Gauges(world))),
            stack.enter_context(closing(Events(world))),
            Courier(world),
            [Author(world, name) for name in world.ents],
            Offices(world),
            [Effects(ent, name) for name, ent in world.ents.items()],
            database=database,
        )
        until_nothing(campaign.gauges.busy)
        campaign.said = sum(world.ask(n, "GET /_sandbox/emits")["said"] for n in world.ents)
        assert campaign.close() == []
        yield campaign
