"""Days are closed as they end, whatever the database does meanwhile."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from preau.app.audit_desk import AuditDesk, days_closed
from preau.app.control import Control, open_control
from preau.clock import SetClock
from preau.errors import TryAgain
from preau.settings import Settings
from preau.store.audit_chain import Root
from preau.store.audit_roots import KEPT_MS

NOON = 1_791_806_400_000  # 2026-10-12, 12:00 UTC
DAY_MS = 86_400_000


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture
def control(tmp_path: Path, blank_database: str, clock: SetClock) -> Iterator[Control]:
    with open_control(Settings(data=str(tmp_path), database=blank_database)) as opened:
        yield dataclasses.replace(opened, clock=clock)


def wait(until: Callable[[], object]) -> None:
    limit = time.monotonic() + 30
    while not until():
        assert time.monotonic() < limit


def test_a_day_is_closed_when_it_is_over(control: Control, clock: SetClock) -> None:
    control.api_keys.make(None, ["operate"])
    desk = AuditDesk(control)
    with days_closed(desk, look_s=0.01):
        assert desk.roots()["roots"] == []
        clock.advance(DAY_MS)
        wait(lambda: len(desk.roots()["roots"]) == 1)
    assert desk.verify(None).fault is None


def test_after_a_year_a_day_has_its_root_only(control: Control, clock: SetClock) -> None:
    control.api_keys.make(None, ["operate"])
    desk = AuditDesk(control)
    clock.advance(DAY_MS + KEPT_MS)
    desk.close_days()
    assert desk.entries(0, 10) == []
    assert desk.verify(None) == (0, 1, None)


def test_a_database_that_is_busy_delays_a_day_and_ends_nothing(control: Control) -> None:
    class Busy(AuditDesk):
        asked = 0

        def close_days(self) -> list[Root]:
            self.asked += 1
            raise TryAgain("DATABASE_BUSY", "another process kept the database for too long")

    desk = Busy(control)
    with days_closed(desk, look_s=0.001):
        wait(lambda: desk.asked > 2)


def test_an_entry_is_read_as_the_export_says_it(control: Control) -> None:
    control.api_keys.make("ent-ecole", ["publish"])
    control.api_keys.make(None, ["operate"])
    first, second = AuditDesk(control).entries(0, 10)
    assert first["entry"]["facts"] == {"instance": "ent-ecole", "scopes": "publish"}
    assert second["previous"] == first["digest"]
    assert AuditDesk(control).entries(1, 10) == [second]
