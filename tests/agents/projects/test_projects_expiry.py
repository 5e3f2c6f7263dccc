"""A day passes and nobody says anything: what may no longer be seen is withdrawn, once."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from tests.agents.projects.conftest import NOW

Told = list[tuple[str, str, str]]


def at(hub: Any, day: str, time: str) -> None:
    """It is that moment in Paris."""
    moment = dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo("Europe/Paris"))
    hub.clock.advance(int(moment.timestamp() * 1000) - hub.clock.now_ms())


def ticks(hub: Any) -> Told:
    """What the step says by itself: (destination, operation, entity)."""
    told = hub.deliveries(hub.step.tick())
    hub.step.acknowledged()
    return sorted((each["destination"], each["operation"], each["entity"]) for each in told)


def withdrawals(hub: Any, *but: str) -> Told:
    """Those of all that ENTs hold now; `but`: what their product cannot take back."""
    return sorted(
        (to, operation.replace("_PUT", "_REMOVE"), entity)
        for (to, entity), (operation, _) in hub.holds().items()
        if operation not in but
    )


@pytest.fixture
def shared(opened: Any, say: Any) -> Any:
    """Both ENTs have the group and its members, and each a document of the other's."""
    links = opened.recognise("p1", "aaf/1", "college/u1")
    opened.hear(say.member("aaf/6A", "aaf/1"), *links)
    opened.hear(
        *(say.resource("ecole/51", "Conte"), say.share("ecole/51", "ecole/G7")),
        *(say.resource("college/d1", "Carte"), say.share("college/d1", "college/g-8")),
        say.homework("ecole/8", "ecole/G7"),
    )
    opened.step.acknowledged()
    opened.step.opening()
    return opened


def until(hub: Any, day: str, instance: str, direction: str) -> None:
    """This mandate was given until that day."""
    given = "update mandate set until = :day where instance = :at and direction = :direction"
    said = {"day": day, "at": instance, "direction": direction}
    with hub.engine.begin() as connection:
        changed = connection.execute(sa.text(f"{given} and project <> ''"), said)
        assert changed.rowcount == 1


def test_a_project_ends_at_midnight_in_paris_by_the_tick_alone(shared: Any) -> None:
    at(shared, "2027-07-02", "23:59:59")
    ticks(shared)
    held = withdrawals(shared, "HOMEWORK_PUT")
    assert len(held) == 6
    assert ticks(shared) == []
    at(shared, "2027-07-03", "00:00:01")
    assert ticks(shared) == held
    assert shared.holds() == {}
    assert ticks(shared) == []
    at(shared, "2027-07-04", "00:00:01")
    assert ticks(shared) == []


def test_the_same_night_while_the_hub_was_stopped(shared: Any) -> None:
    held = withdrawals(shared, "HOMEWORK_PUT")
    at(shared, "2027-07-03", "08:00:00")
    told = shared.deliveries(shared.restarted().opening())
    assert sorted((e["destination"], e["operation"], e["entity"]) for e in told) == held
    shared.step.acknowledged()
    assert ticks(shared) == []


def test_who_may_not_receive_any_more_loses_all_and_the_others_nothing(shared: Any) -> None:
    until(shared, "2026-12-18", "college", "RECEIVE")
    at(shared, "2026-12-18", "23:59:59")
    assert ticks(shared) == []
    held = [each for each in withdrawals(shared, "HOMEWORK_PUT") if each[0] == "college"]
    at(shared, "2026-12-19", "00:00:01")
    assert ticks(shared) == held
    assert {to for to, _ in shared.holds()} == {"ecole"}
    assert len(shared.holds()) == 3
    assert ticks(shared) == []


def test_who_may_not_publish_any_more_is_not_shown_any_more_to_the_others(shared: Any) -> None:
    until(shared, "2026-12-18", "college", "PUBLISH")
    (of_college,) = [e for to, e in shared.holds() if to == "ecole" and e.startswith("share:")]
    at(shared, "2026-12-19", "00:00:01")
    assert ticks(shared) == [("ecole", "SHARE_REMOVE", of_college)]
    assert len([to for to, _ in shared.holds() if to == "college"]) == 4
    assert ticks(shared) == []


def test_a_mandate_that_begins_tomorrow_gives_tomorrow(shared: Any) -> None:
    with shared.engine.begin() as connection:
        later = "update mandate set starts = '2026-11-02' where instance = 'college'"
        connection.execute(sa.text(f"{later} and direction = 'RECEIVE'"))
    shared.restarted().opening()
    shared.step.acknowledged()
    assert {to for to, _ in shared.holds()} == {"ecole"}
    at(shared, "2026-11-02", "00:00:01")
    assert {(to, kind.rpartition("_")[2]) for to, kind, _ in ticks(shared)} == {("college", "PUT")}
    assert ticks(shared) == []
    assert shared.clock.now_ms() > NOW
