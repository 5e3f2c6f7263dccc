"""In whatever order September is said, the same pupils follow, and nobody else."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.broker.records import Arrival
from tests.agents.projects.september import CLASS, COLLEGE, ECOLE, OTHER, SEPTEMBER, SIXTH, Land

SLOW = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PUPILS = ("ecole/e1", "ecole/e2", "ecole/e3", "ecole/e4", "ecole/e5")
FOLLOW = ["u1", "u2", "u5"]


def year(land: Land, say: Any) -> None:
    """e1 to e5 were members; e6 was in the next class."""
    land.hub.forget_everything()
    land.version = 0
    land.hub.clock.advance(1_791_793_800_000 - land.hub.clock.now_ms())
    land.year(*PUPILS)
    land.hear(say.group("ecole/5122", establishments=[ECOLE]))
    land.hear(say.member("ecole/5122", "ecole/e6"), *land.hub.recognise("p6", "ecole/e6"))
    land.at(SEPTEMBER)


def decisions(land: Land) -> list[Arrival]:
    """Identity's words; its decisions are in the store before any of them is read."""
    links = land.hub.recognise("p1", "ecole/e1", deleted=True)
    links += land.hub.recognise("p1", "college/u1")
    links += land.hub.recognise("p2", "college/u2", "ecole/e2")
    links += land.hub.recognise("p3", "college/u3")
    links += land.hub.recognise("p4b", "college/u4")
    links += land.hub.recognise("p5", "ecole/e5", deleted=True) + land.hub.recognise(
        "p5", "college/u5"
    )
    return [*links, *land.hub.recognise("p6", "college/u6")]


def september(say: Any) -> list[Arrival]:
    """Classes emptied and filled: e1, e2 and e5 come, e3 goes elsewhere, e4 is not known again."""
    return [
        say.group(CLASS, 2, establishments=[ECOLE], name="CM2"),
        say.roster(CLASS, [("ecole/e8", "PUPIL")], 2),
        say.record("membership", "ecole/5122-e6", 2, deleted=True),
        say.record("establishment", "college/44", uai=COLLEGE, kind="COLLEGE"),
        say.group("college/c8", establishments=["college/44"]),
        say.roster("college/c8", [("college/u5", "PUPIL")]),
        say.roster(SIXTH, [("college/u1", "PUPIL")]),
        say.roster(SIXTH, [("college/u1", "PUPIL"), ("college/u2", "PUPIL")], 2),
        say.roster(OTHER, [("college/u3", "PUPIL")]),
        say.member("college/c0", "college/u4"),
        say.member("college/c0", "college/u4", 2, deleted=True),
        say.member(SIXTH, "college/u6"),
        say.member(SIXTH, "college/u9"),
    ]


@SLOW
@given(data=st.data())
def test_any_order_of_september_gives_the_same(hub: Any, say: Any, data: st.DataObject) -> None:
    land = Land(hub, say)
    year(land, say)
    words = [*decisions(land), *september(say)]
    land.hear(*words)
    expected = hub.holds()
    assert land.members() == FOLLOW
    year(land, say)
    left = data.draw(st.permutations([*decisions(land), *september(say)]))
    while left:
        size = data.draw(st.integers(1, len(left)))
        hub.step.handle(left[:size])
        if data.draw(st.booleans()):
            hub.restarted().opening()
        left = left[size:]
    assert hub.holds() == expected


@SLOW
@given(data=st.data())
def test_a_wrong_link_and_its_undoing_leave_no_trace(
    hub: Any, say: Any, data: st.DataObject
) -> None:
    """The wrong merge comes and goes at any two moments, while the accounts are there."""
    land = Land(hub, say)
    year(land, say)
    words = september(say)
    land.hear(*words, *decisions(land))
    expected = hub.holds()
    year(land, say)
    links = decisions(land)
    begins = data.draw(st.integers(0, len(words)))
    ends = data.draw(st.integers(begins, len(words)))
    hub.step.handle([*links, *words[:begins]])
    hub.step.handle(hub.recognise("p4", "college/u9"))
    hub.step.handle(words[begins:ends])
    hub.step.handle(hub.recognise("p9", "college/u9"))
    hub.step.handle(words[ends:])
    assert hub.holds() == expected
