"""What passed its deadline is kept, counted and told once; what is answered is late no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.agents.escalation import Escalation
from preau.clock import SetClock
from preau.outlets.deadlines import DAY_MS, HOUR_MS, PROCESSING, TRANSPORT
from preau.store import audit, outgoing, receipt_levels
from preau.store.database import open_database, prepare
from preau.store.outgoing import Answer, Wanted
from preau.store.receipts import Receipt, Receipts

MONDAY = 1_791_792_000_000  # 2026-10-12 08:00 UTC


class Hub:
    """Things that one ENT is told, and what it answers."""

    def __init__(self, database: str) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        self.clock = SetClock(MONDAY)
        self.late = Escalation(self.engine, self.clock)

    def tell(self, *entities: str, operation: str = "GROUP_PUT") -> None:
        wanted = [Wanted("ent", each, "p-1", operation, {}) for each in entities]
        with self.engine.begin() as connection:
            outgoing.change(connection, [], wanted, self.clock.now_ms(), lambda w: (w, True))

    def answered(self, entity: str, outcome: str, reason: str = "") -> None:
        now = self.clock.now_ms()
        row = Receipt("e", "d", "ent", "p-1", entity, "", 1, outcome, reason, "", "", now)
        Receipts(self.engine).put([row])
        if outcome != "PENDING":
            with self.engine.begin() as connection:
                outgoing.answer(connection, [Answer("ent", entity, 1)], now)

    def after(self, ms: int) -> dict[str, int]:
        """What is late so much later, by level."""
        self.clock.advance(ms)
        self.late.look()
        with self.engine.connect() as connection:
            return receipt_levels.count_late(connection)

    def told(self) -> list[dict[str, str | int | bool]]:
        with self.engine.connect() as connection:
            return [dict(each.facts) for each in audit.entries(connection)]


@pytest.fixture
def hub(database: str) -> Iterator[Hub]:
    made = Hub(database)
    yield made
    made.engine.dispose()


def test_nothing_is_late_before_its_time(hub: Hub) -> None:
    hub.tell("group:1")
    assert hub.after(HOUR_MS - 1) == {}
    assert hub.after(1) == {TRANSPORT: 1}


def test_what_was_only_accepted_is_late_after_a_school_day(hub: Hub) -> None:
    hub.tell("group:1")
    hub.answered("group:1", "ACCEPTED")
    assert hub.after(DAY_MS - 1) == {}
    assert hub.after(1) == {PROCESSING: 1}


@pytest.mark.parametrize("outcome", ["APPLIED", "REFUSED", "EXPIRED"])
def test_what_has_ended_is_late_no_longer(hub: Hub, outcome: str) -> None:
    hub.tell("group:1")
    hub.answered("group:1", "PENDING", "UNREACHABLE")
    assert hub.after(2 * DAY_MS) == {TRANSPORT: 1, PROCESSING: 1}
    hub.answered("group:1", outcome)
    assert hub.after(1) == {}


def test_an_audit_entry_tells_once_how_many_are_late(hub: Hub) -> None:
    hub.tell("group:1", "member:1", "member:2")
    hub.after(HOUR_MS)
    hub.after(HOUR_MS)
    assert hub.told() == [{"project": "p-1", "level": TRANSPORT, "things": 3}]
    hub.tell("member:3")
    hub.after(HOUR_MS)
    assert [each["things"] for each in hub.told()] == [3, 1]


def test_it_looks_at_once_and_ends_when_asked(hub: Hub) -> None:
    hub.tell("group:1")
    hub.clock.advance(HOUR_MS)

    async def once() -> None:
        stop = asyncio.Event()
        running = asyncio.ensure_future(hub.late.run(stop))
        while not await asyncio.to_thread(hub.told):
            await asyncio.sleep(0.01)
        stop.set()
        await running

    asyncio.run(once())
    assert len(hub.told()) == 1


def test_a_member_without_an_account_is_nobodys_delay(hub: Hub) -> None:
    hub.tell("member:1", operation=outgoing.WAIT)
    assert hub.after(10 * DAY_MS) == {}


def test_the_lines_are_found_by_project_establishment_and_event(hub: Hub) -> None:
    hub.tell("group:1")
    hub.answered("group:1", "PENDING", "UNREACHABLE")
    place = "insert into project_place values ('p-1', '0110001A', 'ent', 'AUTHORISED', '', 1, 0)"
    with hub.engine.begin() as connection:
        connection.execute(sa.text(place))
    asked = receipt_levels.Asked
    found = [asked("p-1"), asked(uai="0110001A"), asked(event="d"), asked("p-1", "0110001A")]
    none = [asked("p-2"), asked(uai="0110002B"), asked(event="e-0")]
    with hub.engine.connect() as connection:
        assert [len(receipt_levels.lines(connection, each, 9)) for each in found] == [1] * 4
        assert [receipt_levels.lines(connection, each, 9) for each in none] == [[]] * 3
        [line] = receipt_levels.lines(connection, found[0], 9)
    assert (line.transport, line.processing, line.reason) == ("PENDING", "", "UNREACHABLE")
