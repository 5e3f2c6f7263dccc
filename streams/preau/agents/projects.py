"""The step `projects`: from what is known, what each ENT is to be told, on its own share topic.

Everything is computed from the state after the batch's transaction: the order in which topics are
read does not matter, and a repeat wants what is wanted already. Changes wait in the store until
Kafka has acknowledged them (`acknowledged`); a fresh process sends again what still waits. What
people decide is in the store, and looked for every second (`tick`); so is the date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

import sqlalchemy as sa
import structlog

from preau.agents.answers import hear
from preau.agents.delays import Delays
from preau.agents.keeping_back import Read, passing, waits
from preau.agents.keeping_out import KeptOut
from preau.agents.lost import tell_lost
from preau.agents.mandate_records import told
from preau.agents.repairs import tell_repairs
from preau.agents.scene import Scene
from preau.agents.sector_records import told as sector_told
from preau.agents.statements import RECORDS, said
from preau.agents.touched import Touched
from preau.agents.wanted import Recipient, may_leave
from preau.broker.records import Arrival, Output
from preau.broker.topics import CANON, LINK, RECEIPT, SHARE
from preau.canon.cloudevents import header_list
from preau.canon.codec import decode, encode
from preau.clock import Clock, paris_day
from preau.errors import SetAside
from preau.ids import event_id
from preau.store import drifts, lost_groups, mandates, outgoing, projects, sectors, taking_part
from preau.store import said as said_store
from preau.store.mandates import Mandate
from preau.store.outgoing import Row
from preau.store.rights import rights_of
from preau.store.sectors import Told

log = structlog.get_logger()
Pseudonym = Callable[[str, str], str]
"""(instance, person) → 26 characters that mean something to that instance only."""


class ProjectsStep:
    """Reads what projects follow from, writes `preau.share.<instance>`; one process works it."""

    name = "projects"

    def __init__(
        self,
        engine: sa.Engine,
        recipient: Callable[[str], Recipient | None],
        pseudonym: Pseudonym,
        clock: Clock,
        kept_out: KeptOut | None = None,
    ) -> None:
        self._engine = engine
        self._kept_out = kept_out
        self._recipient = recipient
        self._pseudonym = pseudonym
        self._clock = clock
        self._delays = Delays(recipient, clock)
        self._handed = self._marked = 0
        self._told: list[Mandate] = []
        self._sectors: list[Told] = []
        self._day = ""

    def topics(self) -> list[str]:
        """States, projects, identity's decisions, receipts."""
        return [*(CANON + record for record in RECORDS), CANON + "project", LINK, RECEIPT]

    def opening(self) -> list[Output]:
        """What an earlier process could not hand over, and what projects want meanwhile."""
        with self._engine.begin() as connection:
            self._day = paris_day(self._clock.now_ms())
            turns = taking_part.take_turns(connection)
            whole = set(projects.all_ids(connection))
            self._bring(connection, Touched(whole=whole, anew=turns & whole))
            return [*self._waiting(connection), *self._delays.overdue(connection)]

    def tick(self) -> list[Output]:
        """What follows from what people decided, from a new day, from the end of a cut."""
        now = self._clock.now_ms()
        day = paris_day(now)
        with self._engine.connect() as connection:
            still = not taking_part.turn_waits(connection) and not waits(connection)
            still = still and not lost_groups.waits(connection, now)
            still = still and not drifts.waits(connection)
            still = still and not sectors.record_waits(connection)
        if still and day == self._day:
            return []
        with self._engine.begin() as connection:
            turns = taking_part.take_turns(connection) | self._edges(connection, day)
            self._day = day
            touched = self._noted(connection, [])
            touched.whole |= turns
            touched.anew |= turns
            tell_repairs(connection, touched, now)
            tell_lost(connection, touched, now)
            self._bring(connection, touched)
            return self._waiting(connection)

    def _edges(self, connection: sa.Connection, day: str) -> set[str]:
        """The projects in which something begins or ends since the day that was looked at last."""
        if day == self._day:
            return set()
        found = taking_part.with_edges(connection, self._day, day)
        edges = mandates.edges(connection, self._day, day)
        found |= edges.projects.union(
            *(taking_part.with_instance(connection, each) for each in edges.instances)
        )
        return found | taking_part.branches(connection, found)

    def handle(self, batch: Sequence[Arrival]) -> list[Output]:
        """What changes for the ENTs after this batch."""
        read = list(_read(batch))
        late = self._delays.due()
        with self._engine.begin() as connection:
            touched = self._noted(connection, read)
            if late:
                touched.by_waiting(self._delays.released(connection))
            self._bring(connection, touched)
            outputs = self._waiting(connection)
            return [*outputs, *self._delays.overdue(connection)] if late else outputs

    def keep(self, batch: Sequence[Arrival]) -> None:
        """Keeps what was said, and draws nothing from it: `opening` does, for all of it."""
        with self._engine.begin() as connection:
            self._noted(connection, list(_read(batch)))

    def acknowledged(self) -> None:
        """Kafka has everything that was handed over."""
        if self._handed > self._marked or self._delays.owes or self._told or self._sectors:
            with self._engine.begin() as connection:
                outgoing.mark_sent(connection, self._handed)
                mandates.mark_sent(connection, self._told)
                sectors.mark_sent(connection, self._sectors)
                self._delays.acknowledged(connection)
            self._marked, self._told, self._sectors = self._handed, [], []

    def _noted(self, connection: sa.Connection, read: Sequence[Read]) -> Touched:
        """Keeps what may go on of what was read; gives what follows from it."""
        now = self._clock.now_ms()
        return _note(connection, passing(connection, read, now), now, self._kept_out)

    def _bring(self, connection: sa.Connection, touched: Touched) -> None:
        now, card = self._clock.now_ms(), cache(self._recipient)
        for project in projects.several(connection, touched.projects()):
            rights = rights_of(connection, project, paris_day(now))
            scene = Scene(connection, project, rights, card, self._pseudonym, now)
            leave = partial(may_leave, card, rights)
            for held, wanted, again in scene.changes(touched):
                outgoing.change(connection, held, wanted, now, leave, again, touched.lost)
            if touched.undone:
                outgoing.withdraw_again(connection, project.id, touched.undone, now, leave)

    def _waiting(self, connection: sa.Connection) -> list[Output]:
        rows = outgoing.unsent(connection, self._handed)
        if rows:
            self._handed = rows[-1].seq
        fresh = [each for each in mandates.unsent(connection) if each not in self._told]
        self._told += fresh
        places = [each for each in sectors.unsent(connection) if each not in self._sectors]
        self._sectors += places
        papers = [*(told(each) for each in fresh), *(sector_told(each) for each in places)]
        return [*papers, *(delivery(row) for row in rows)]


def _read(batch: Sequence[Arrival]) -> Iterator[Read]:
    for arrival in batch:
        if arrival.value is None or arrival.key is None:
            continue  # a tombstone: the deletion itself came before it
        try:
            decoded, key = decode(arrival.value), arrival.key.decode()
        except (SetAside, UnicodeDecodeError) as error:
            at = f"{arrival.topic}/{arrival.partition}/{arrival.offset}"
            log.warning("unreadable record", code=getattr(error, "code", "KEY_TEXT"), at=at)
            continue
        yield Read(decoded.record, key, decoded.value, arrival.value)


def _note(
    connection: sa.Connection, read: Sequence[Read], now_ms: int, kept_out: KeptOut | None
) -> Touched:
    """Keeps what was read; gives what follows from it."""
    touched = Touched()
    states = [said(each.record, each.key, each.value) for each in read if each.record in RECORDS]
    if kept_out is not None:
        states = kept_out.states(states)
    kept = said_store.put(connection, states)
    hear(connection, touched, [each.value for each in read if each.record == "receipt"], now_ms)
    touched.whole |= {each.key for each in read if each.record == "project"}
    touched.by_states(connection, kept)
    touched.by_links(connection, [each.value["source"] for each in read if each.record == "link"])
    return touched


def delivery(row: Row) -> Output:
    """The `delivery.v1` of a row; the same row gives the same id."""
    identity = event_id("hub", f"{row.destination}/{row.entity}", str(row.version))
    value = encode(
        "delivery",
        {
            "event_id": identity,
            "destination": row.destination,
            "project": row.project,
            "operation": row.operation,
            "entity": row.entity,
            "version": row.version,
            "parents": list(row.parents),
            "cause": row.cause,
            "occurred_at": row.occurred_at,
            "body": dict(row.body),
        },
    )
    headers = header_list("delivery", "hub", identity, row.occurred_at)
    return Output(SHARE + row.destination, row.entity.encode(), value, headers)
