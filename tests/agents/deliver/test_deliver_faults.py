"""What goes wrong between the hub and an ENT: nothing is lost, doubled or out of order."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

ECOLE, COLLEGE = "ent-ecole", "mon-ent"


def idle(hub: Any) -> bool:
    done: bool = hub.idle()
    return done


def twice(ent: Any) -> list[Any]:
    """The effects that happened more than once."""
    counted = Counter((each["event"], each["verb"]) for each in ent.effects())
    return [effect for effect, times in counted.items() if times > 1]


@pytest.mark.parametrize("kind", ["status", "lie", "slow"])
def test_a_passing_fault_is_tried_again(hub: Any, ents: Any, group: Any, kind: str) -> None:
    ents["edifice"].fault(kind=kind, times=2, status=500, ms=50)
    hub.send(group(COLLEGE))
    hub.work(idle)
    assert hub.outcomes() == {(COLLEGE, "group:g1", 1): "APPLIED"}
    assert twice(ents["edifice"]) == []


def test_a_waiting_delivery_says_so_with_its_reason(hub: Any, ents: Any, group: Any) -> None:
    ents["beneylu"].fault(kind="status", status=503, times=1)
    hub.send(group(ECOLE))
    hub.work(idle)
    said = [(each["outcome"], each["reason"]) for each in hub.receipts]
    assert said == [("PENDING", "ENT_ERROR"), ("APPLIED", None)]


def test_429_is_left_alone_as_long_as_it_asked(hub: Any, ents: Any, group: Any) -> None:
    ents["beneylu"].fault(kind="status", status=429, retry_after="2", times=1)
    hub.send(group(ECOLE))
    hub.work(idle)
    calls = ents["beneylu"].call("GET /_sandbox/calls").body
    assert calls[0]["status"] == 429
    assert calls[1]["at"] - calls[0]["at"] >= 2000


@pytest.mark.parametrize("destination", [ECOLE, COLLEGE])
def test_an_answer_that_was_lost_is_looked_for_not_done_again(
    hub: Any, ents: Any, group: Any, destination: str
) -> None:
    ent = ents["beneylu" if destination == ECOLE else "edifice"]
    ent.fault(kind="lost", times=1)
    hub.send(group(destination))
    hub.work(idle)
    assert [each["verb"] for each in ent.effects()].count("group.create") == 1
    assert hub.outcomes() == {(destination, "group:g1", 1): "APPLIED"}


@pytest.fixture
def in_doubt(hub: Any, ents: Any, group: Any) -> Any:
    """A group that the ENT made in a try of which nothing is known; then nothing may leave."""
    hub.deaf.set()
    hub.send(group(ECOLE))
    hub.work_and_die(lambda _hub: ents["beneylu"].effects())
    fresh = hub.restarted()
    fresh.denied.add(ECOLE)
    fresh.work(idle)
    assert fresh.outcomes() == {(ECOLE, "group:g1", 1): "REFUSED"}
    return fresh


def test_what_may_have_been_made_before_leave_ended_is_withdrawn(
    in_doubt: Any, ents: Any, row: Any
) -> None:
    in_doubt.send(row(ECOLE, "GROUP_REMOVE", "group:g1", 2, group="g1"))
    in_doubt.work(idle)
    assert [each["verb"] for each in ents["beneylu"].effects()] == ["group.create", "group.delete"]


def test_what_may_have_been_made_before_leave_ended_is_not_made_twice(
    in_doubt: Any, ents: Any, group: Any
) -> None:
    in_doubt.denied.clear()
    in_doubt.send(group(ECOLE, version=2))
    in_doubt.work(idle)
    assert in_doubt.outcomes()[ECOLE, "group:g1", 2] == "APPLIED"
    assert [each["verb"] for each in ents["beneylu"].effects()].count("group.create") == 1


@pytest.mark.faults
def test_a_hub_that_dies_between_call_and_record_applies_once(
    hub: Any, ents: Any, group: Any, member: Any, users: Any
) -> None:
    hub.deaf.set()  # Kafka takes no receipt: every call is made, none is recorded
    groups = [group(COLLEGE, f"g{n}") for n in range(10)]
    hub.send(*groups)
    hub.work_and_die(lambda _hub: len(ents["edifice"].effects()) >= 20)
    assert hub.receipts == []
    fresh = hub.restarted()
    fresh.send(*groups, member(COLLEGE, users[0], "g3"))
    fresh.work(idle)
    assert twice(ents["edifice"]) == []
    made = [each for each in ents["edifice"].effects() if each["verb"] == "group.create"]
    assert len(made) == 10
    assert set(fresh.outcomes().values()) == {"APPLIED"}


@pytest.mark.faults
def test_an_ent_killed_again_and_again_ends_with_everything_once_and_in_order(
    hub: Any, ents: Any, group: Any, member: Any, users: Any, classes: Any
) -> None:
    rows = [group(d, f"g{n}", v) for d in (ECOLE, COLLEGE) for n in range(8) for v in (1, 2)]
    rows += [member(COLLEGE, user, f"g{n}") for n in range(8) for user in users[:8]]
    rows += [member(ECOLE, each, f"g{n}") for n in range(8) for each in classes[:8]]
    hub.send(*rows)
    marks = iter((20, 60, 100))
    mark = [next(marks)]

    def kill_now_and_then(hub: Any) -> bool:
        if mark and len(hub.outcomes()) >= mark[0]:
            for ent in ents.values():
                ent.kill()
            for ent in ents.values():
                ent.start()
            mark[:] = [each for each in [next(marks, None)] if each]
        return idle(hub)

    hub.work(kill_now_and_then)
    assert mark == []
    assert len(hub.outcomes()) == len(rows)
    assert set(hub.outcomes().values()) == {"APPLIED"}
    for ent in ents.values():
        assert twice(ent) == []
        seen: dict[str, int] = {}
        for each in ent.effects():
            assert each["version"] >= seen.get(each["entity"], 0), "out of order"
            seen[each["entity"]] = each["version"]


def test_a_dead_ent_never_slows_another(
    hub: Any, ents: Any, group: Any, member: Any, users: Any
) -> None:
    ents["beneylu"].kill()
    rows = [group(COLLEGE), *(member(COLLEGE, user) for user in users)]
    hub.send(*(group(ECOLE, f"g{n}") for n in range(50)), *rows)
    hub.work(lambda hub: len(hub.outcomes()) == len(rows), seconds=15)
    assert {destination for destination, _, _ in hub.outcomes()} == {COLLEGE}
    ents["beneylu"].start()
    hub.work(idle)
    assert len(hub.outcomes()) == len(rows) + 50


@pytest.mark.faults
def test_the_test_has_teeth_without_looking_first_the_group_is_made_twice(
    hub: Any, ents: Any, group: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.deaf.set()
    hub.send(group(COLLEGE))
    hub.work_and_die(lambda _hub: len(ents["edifice"].effects()) >= 2)
    fresh = hub.restarted()
    claim = fresh.outbox.claim
    monkeypatch.setattr(
        fresh.outbox,
        "claim",
        lambda *of: [each._replace(unknown=False) for each in claim(*of)],
    )
    fresh.work(idle)
    assert ("mon-ent|group:g1|1", "group.create") in twice(ents["edifice"])
