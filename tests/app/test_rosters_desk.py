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
from preau.outlets.oneroster.queries import read_query
from preau.settings import Settings
from preau.store import audit, filed
from preau.store.audit import Act
from preau.store.clocks import DAY_MS, sweep
from preau.store.filed import Filed
from tests.outlets.oneroster.directories import LIMOUX, OCTOBER


class Place:
    """A desk whose consumers hold what a test says."""

    def __init__(self, control: Control) -> None:
        self.clock = SetClock(OCTOBER)
        self.control = dataclasses.replace(control, clock=self.clock)
        self.held: dict[str, Directory] = {"reader": LIMOUX}
        self.readings = 0
        self.desk = RostersDesk(self.control, self._directory)

    def _directory(self, instance: str) -> Directory | None:
        self.readings += 1
        return self.held.get(instance)

    def shown(self, kind: str) -> list[Any]:
        return list(self.desk.read("reader").roster[kind])

    def rows(self) -> list[Any]:
        with self.control.engine.connect() as connection:
            return list(connection.execute(sa.text("select * from roster_row")))


@pytest.fixture
def place(tmp_path: Path, blank_database: str) -> Iterator[Place]:
    with open_control(Settings(data=str(tmp_path), database=blank_database)) as control:
        yield Place(control)


def test_a_consumer_that_reads_twice_is_told_the_same_dates(place: Place) -> None:
    first = place.desk.read("reader").roster
    place.clock.advance(60_000)
    assert place.desk.read("reader").roster == first
    assert {e["dateLastModified"] for e in first["users"]} == {moment(OCTOBER)}


def test_who_left_is_told_for_83_days_and_then_forgotten(place: Place) -> None:
    place.desk.read("reader")
    place.clock.advance(60_000)
    place.held["reader"] = LIMOUX._replace(accounts=LIMOUX.accounts[1:])
    told = {e["sourcedId"]: e["status"] for e in place.shown("users")}
    assert told["ana2"] == "tobedeleted"
    for days, there in ((82, True), (1, False)):
        place.clock.advance(days * DAY_MS)
        with place.control.engine.begin() as connection:
            sweep(connection, place.clock.now_ms())
        found = {e["sourcedId"] for e in place.shown("users")}
        assert ("ana2" in found) == there


def test_pages_that_follow_one_another_are_of_one_reading(place: Place) -> None:
    found = [
        each["sourcedId"]
        for offset in "012"
        for each in place.desk.read("reader")
        .page("users", read_query({"limit": "1", "offset": offset}, "users"))
        .entities
    ]
    assert (found, place.readings) == (["ana2", "leo3", "mme4"], 1)


def test_a_reading_is_held_for_half_a_minute_and_no_longer(place: Place) -> None:
    place.desk.read("reader")
    place.held["reader"] = LIMOUX._replace(accounts=())
    place.clock.advance(29_999)
    assert len(place.shown("users")) == 3
    place.clock.advance(1)
    assert {each["status"] for each in place.shown("users")} == {"tobedeleted"}


@pytest.mark.parametrize("how", ["decided", "delivered", "taken back", "another day"])
def test_what_changes_for_a_consumer_ends_its_reading_at_once(place: Place, how: str) -> None:
    if how == "another day":
        place.clock.advance(15 * 3_600_000 - 1)  # LIMOUX is of nine in the morning in Paris
    before = Filed("reader", "m-1", 7, "MEMBER_PUT", "e-1", "", {}, gone=False, writing=1)
    with place.control.engine.begin() as connection:
        filed.put(connection, [before])
    place.desk.read("reader")
    place.held["reader"] = LIMOUX._replace(accounts=LIMOUX.accounts[1:])
    if how == "another day":
        place.clock.advance(1)
    with place.control.engine.begin() as connection:
        if how == "decided":
            act = Act("operator", "project.decided", "p-1", {})
            audit.append(connection, act, place.clock.now_ms())
        if how == "delivered":
            filed.put(connection, [before._replace(version=8)])
        if how == "taken back":
            filed.put(connection, [before._replace(gone=True)])
    there = [e["sourcedId"] for e in place.shown("users") if e["status"] == "active"]
    assert there == ["leo3", "mme4"]


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
