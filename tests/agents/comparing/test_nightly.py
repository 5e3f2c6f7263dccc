"""Each instance is compared once a night, by Paris time; trouble is tried again, then left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from preau.agents import nightly
from preau.agents.comparison import Compared, CompareTools
from preau.agents.nightly import FIRST_WAIT_MS, HOUR_MS, SPREAD_MS, TRIES, Nightly, next_at
from preau.clock import SetClock
from preau.errors import Place
from preau.outlets.outcome import Target
from preau.outlets.read_back import parse_read_back
from preau.store import comparisons
from preau.store.comparisons import Comparison
from preau.store.database import open_database, prepare

NOON = int(datetime(2026, 10, 12, 12, tzinfo=timezone(timedelta(hours=2))).timestamp() * 1000)
NEEDS = {"GROUP_PUT": ("group",)}
ASKED = {"group": {"call": "GET /groups/{group}", "items": ".", "id": "id"}}


def at(day: int, hour: int, month: int = 10, offset: int = 2) -> int:
    zone = timezone(timedelta(hours=offset))
    return int(datetime(2026, month, day, hour, tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "hour", "then"),
    [
        (at(12, 2), 3, at(12, 3)),
        (at(12, 3), 3, at(13, 3)),
        (at(12, 12), 3, at(13, 3)),
        (at(12, 12), 23, at(12, 23)),
        (at(24, 12), 3, at(25, 3, offset=1)),  # the night in which the hour comes twice
        (at(28, 12, month=3, offset=1), 3, at(29, 3, month=3)),  # in which two o'clock is missing
    ],
)
def test_the_next_night_begins_by_the_clock_of_paris(now: int, hour: int, then: int) -> None:
    assert next_at(now, hour) == then


@pytest.fixture
def engine(one_database: str) -> Iterator[sa.Engine]:
    opened = open_database(one_database)
    prepare(opened)
    yield opened
    opened.dispose()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "LOOK_S", 0.01)


def row(engine: sa.Engine, name: str = "ent") -> Comparison:
    with engine.connect() as connection:
        return comparisons.get(connection, name)


def play(engine: sa.Engine, clock: SetClock, *holds: Callable[[], bool]) -> None:
    """Two instances that were told of nothing yet, until all of it holds."""
    back = parse_read_back(ASKED, NEEDS, Place())
    targets = [Target(name, "http://127.0.0.1:9", "t", loopback=True) for name in ("ent", "other")]
    sources = [Compared(each, back, NEEDS) for each in targets]

    async def run() -> None:
        stop = asyncio.Event()
        tools = CompareTools(engine, clock, str)
        task = asyncio.ensure_future(Nightly(lambda: sources, tools, 3).run(stop))
        async with asyncio.timeout(30):
            for held in holds:
                while not await asyncio.to_thread(held):
                    assert not task.done()
                    await asyncio.sleep(0.01)
        stop.set()
        await task

    asyncio.run(run())


def test_an_instance_that_is_new_waits_for_its_first_night(engine: sa.Engine) -> None:
    clock = SetClock(NOON)
    play(engine, clock, lambda: row(engine).due > 0)
    assert 0 <= row(engine).due - at(13, 3) <= SPREAD_MS
    assert row(engine).compared_at == 0
    clock.advance(15 * HOUR_MS + SPREAD_MS)
    play(engine, clock, lambda: row(engine).due > at(14, 3), lambda: row(engine, "other").at > 0)
    assert (row(engine).compared_at, row(engine).code) == (clock.now_ms(), "")


def test_an_ent_in_trouble_is_tried_again_ever_later_then_left_for_the_next_night(
    engine: sa.Engine,
) -> None:
    clock = SetClock(at(13, 4))
    desk = Nightly(list, CompareTools(engine, clock, str), 3)
    waits = []
    for _ in range(TRIES):
        desk._ended("ent", "UNREACHABLE", 0)
        waits.append(row(engine).due - clock.now_ms())
    assert waits[:-1] == [FIRST_WAIT_MS, FIRST_WAIT_MS * 2, FIRST_WAIT_MS * 4]
    assert 0 <= row(engine).due - at(14, 3) <= SPREAD_MS
    assert (row(engine).code, row(engine).tries, row(engine).compared_at) == ("UNREACHABLE", 0, 0)
    desk._ended("ent", "TOO_MANY", 5 * FIRST_WAIT_MS)
    assert row(engine).due == clock.now_ms() + 5 * FIRST_WAIT_MS
