"""A share whose document does not come waits, is counted, told once, and still applied."""

from __future__ import annotations

from typing import Any

import pytest

from preau.agents.delays import Delays
from preau.broker.records import Output
from preau.canon.codec import decode
from preau.clock import SetClock
from preau.store import waiting

DAY_MS = 86_400_000


def pending(hub: Any) -> int:
    with hub.engine.connect() as connection:
        return waiting.pending(connection)


def asides(outputs: list[Output]) -> list[dict[str, Any]]:
    found = [decode(each.value or b"") for each in outputs]
    return [each.value for each in found if each.record == "set_aside"]


def pass_time(hub: Any, say: Any, ms: int) -> list[dict[str, Any]]:
    """Time passes, something unconcerned arrives: what is set aside."""
    hub.clock.advance(ms)
    return asides(hub.step.handle([say.group("ecole/9999")]))


@pytest.fixture
def waits(opened: Any, say: Any) -> Any:
    assert opened.hear(say.share("ecole/51", "ecole/G7")) == []
    return opened


def test_what_waits_is_counted(waits: Any, say: Any) -> None:
    assert pending(waits) == 1
    waits.hear(say.share("college/d1", "college/g-8"), say.share("ecole/52", "ecole/5121"))
    assert pending(waits) == 2
    waits.hear(say.resource("ecole/51"))
    assert pending(waits) == 1
    waits.hear(say.share("college/d1", "college/g-8", 2, deleted=True))
    assert pending(waits) == 0


def test_after_a_day_it_is_set_aside_with_its_reason_once(waits: Any, say: Any) -> None:
    assert pass_time(waits, say, DAY_MS - 1) == []
    waits.clock.advance(60_000)
    (output,) = waits.step.handle([say.group("ecole/9999")])
    assert output.topic == "preau.setaside.classeur"
    assert output.key == b"ecole"
    (aside,) = asides([output])
    assert (aside["code"], aside["field"], aside["event"]) == (
        "PARENT_MISSING",
        "resource",
        "share",
    )
    assert (aside["instance"], aside["connector"]) == ("ecole", "classeur")
    assert (aside["topic"], aside["partition"], aside["offset"]) == ("preau.intake.x", 3, 7)
    assert aside["fix"]
    assert dict(output.headers)["ce_id"] == aside["event_id"].encode()
    for _ in range(3):
        assert pass_time(waits, say, DAY_MS) == []
    assert pending(waits) == 1


def test_it_is_applied_when_its_document_comes_after_all(waits: Any, say: Any) -> None:
    assert len(pass_time(waits, say, 2 * DAY_MS)) == 1
    (only,) = waits.hear(say.resource("ecole/51"))
    assert (only["destination"], only["operation"]) == ("college", "SHARE_PUT")
    assert pending(waits) == 0


def test_what_is_applied_in_time_is_never_told_of(waits: Any, say: Any) -> None:
    waits.hear(say.resource("ecole/51"))
    assert pass_time(waits, say, 2 * DAY_MS) == []


def test_the_document_that_comes_with_the_last_look_is_not_missing(waits: Any, say: Any) -> None:
    waits.clock.advance(2 * DAY_MS)
    assert asides(waits.step.handle([say.resource("ecole/51")])) == []


def test_a_share_said_again_has_waited_since_the_first_time(waits: Any, say: Any) -> None:
    """An ENT that repeats itself every hour must not keep the reason from being told."""
    told: list[dict[str, Any]] = []
    for version in range(2, 26):
        waits.clock.advance(DAY_MS // 24)
        told += asides(waits.step.handle([say.share("ecole/51", "ecole/G7", version)]))
    assert [each["code"] for each in told] == ["PARENT_MISSING"]


def test_a_look_is_taken_once_a_minute_at_most(waits: Any, say: Any) -> None:
    waits.clock.advance(DAY_MS - 30_000)
    waits.hear(say.group("ecole/9999"))
    assert pass_time(waits, say, 59_000) == []
    assert len(pass_time(waits, say, 1_000)) == 1


def test_a_clock_that_was_set_back_stops_no_look() -> None:
    clock = SetClock(DAY_MS)
    delays = Delays(lambda _name: None, clock)
    assert delays.due()
    assert not delays.due()
    clock.advance(-DAY_MS // 2)
    assert delays.due()


def test_a_crash_before_kafka_tells_it_again_word_for_word(waits: Any, say: Any) -> None:
    waits.clock.advance(DAY_MS)
    lost = waits.step.handle([say.group("ecole/9999")])
    waits.clock.advance(5_000)
    assert waits.restarted().opening() == lost
    assert waits.restarted().opening() == lost
    waits.step.acknowledged()
    assert waits.restarted().opening() == []


def test_an_instance_that_nobody_declared_is_told_of_once_it_is(waits: Any, say: Any) -> None:
    card = waits.cards.pop("ecole")
    assert pass_time(waits, say, DAY_MS) == []
    waits.cards["ecole"] = card
    assert len(pass_time(waits, say, 60_000)) == 1


def test_nothing_waits_for_a_project_that_is_not_open(
    waits: Any, say: Any, ecole: Any, college: Any
) -> None:
    waits.hear(waits.project(ecole, college, version=2, state="CLOSED"))
    assert pending(waits) == 0
    waits.hear(say.share("college/d1", "college/g-8"))
    assert pending(waits) == 0


def test_a_share_deleted_while_its_project_changes_waits_no_longer(
    waits: Any, say: Any, ecole: Any, college: Any
) -> None:
    gone = say.record("share", "ecole/51-G7", 2, deleted=True)
    waits.hear(waits.project(ecole, college, version=2, title="Autre"), gone)
    assert pending(waits) == 0


def test_a_share_of_our_own_copy_does_not_wait_for_a_document(opened: Any, say: Any) -> None:
    """Some ENTs say the share of the copy, and never the copy itself."""
    (put,) = opened.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7"))
    opened.hear(say.share("college/copy", "college/g-8"))
    assert pending(opened) == 1
    opened.hear(say.receipt(put, "copy"))
    assert pending(opened) == 0
