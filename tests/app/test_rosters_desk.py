"""The hub's rosters: dated by what each consumer was last shown, kept without a name, swept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from preau.app.control import Control, open_control
from preau.app.rosters_desk import RostersDesk, directories
from preau.clock import SetClock
from preau.errors import SetAside
from preau.outlets.directory import Directory
from preau.outlets.oneroster.history import moment
from preau.settings import Settings
from preau.store.clocks import DAY_MS, sweep
from tests.outlets.oneroster.directories import LIMOUX, OCTOBER


class Place:
    """A desk whose consumers hold what a test says."""

    def __init__(self, control: Control) -> None:
        self.clock = SetClock(OCTOBER)
        self.control = dataclasses.replace(control, clock=self.clock)
        self.held: dict[str, Directory] = {"reader": LIMOUX}
        self.desk = RostersDesk(self.control, self.held.get)

    def rows(self) -> list[Any]:
        with self.control.engine.connect() as connection:
            return list(connection.execute(sa.text("select * from roster_row")))


@pytest.fixture
def place(tmp_path: Path, blank_database: str) -> Iterator[Place]:
    with open_control(Settings(data=str(tmp_path), database=blank_database)) as control:
        yield Place(control)


def test_a_consumer_that_reads_twice_is_told_the_same_dates(place: Place) -> None:
    first = place.desk.read("reader")
    place.clock.advance(60_000)
    assert place.desk.read("reader") == first
    assert {e["dateLastModified"] for e in first["users"]} == {moment(OCTOBER)}


def test_who_left_is_told_for_83_days_and_then_forgotten(place: Place) -> None:
    place.desk.read("reader")
    place.clock.advance(60_000)
    place.held["reader"] = LIMOUX._replace(accounts=LIMOUX.accounts[1:])
    told = {e["sourcedId"]: e["status"] for e in place.desk.read("reader")["users"]}
    assert told["ana2"] == "tobedeleted"
    for days, there in ((82, True), (1, False)):
        place.clock.advance(days * DAY_MS)
        with place.control.engine.begin() as connection:
            sweep(connection, place.clock.now_ms())
        found = {e["sourcedId"] for e in place.desk.read("reader")["users"]}
        assert ("ana2" in found) == there


def test_what_is_kept_says_no_name_and_another_consumer_s_digest_is_another(place: Place) -> None:
    place.held["other"] = LIMOUX
    place.desk.read("reader")
    place.desk.read("other")
    rows = place.rows()
    assert "Ferrandi" not in str(rows)
    assert "Défi" not in str(rows)
    assert len({row.digest for row in rows}) == len(rows)


def test_who_reads_no_roster_is_told_so(place: Place) -> None:
    with pytest.raises(SetAside, match="ROSTER_NONE"):
        place.desk.read("ent-ecole")
    with pytest.raises(SetAside, match="ROSTER_NONE"):
        RostersDesk(place.control, directories(place.control, str)).read("reader")


def test_a_key_is_found_by_its_name_until_it_is_revoked(place: Place) -> None:
    keys = place.control.api_keys
    clear = keys.make("reader", ["receive"])
    key = keys.check(clear)
    assert key is not None
    assert place.desk.holder(key.key_id) == key
    keys.revoke(key.key_id)
    assert place.desk.holder(key.key_id) is None
    assert place.desk.secret() != place.control.master.secret("pseudonyms")
