"""An establishment leaves on a day: its ENT is told nothing more, what it gave before stays."""

from __future__ import annotations

from typing import Any

import pytest

from preau.agents.listed import within
from preau.store import mandates
from preau.store.leave import Leave
from tests.agents.projects.conftest import PROJECT

LAST_DAY = "2026-11-15"
DAY_MS = 86_400_000
LAST_EVENING, NEXT_MORNING = 1_794_783_540_000, 1_794_783_660_000  # 23:59 and 0:01 in Paris
NAMES = {"share": "s", "group": "group-1", "title": "Conte"}


def told(deliveries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((each["destination"], each["operation"]) for each in deliveries)


def at(hub: Any, ms: int) -> None:
    hub.clock.advance(ms - hub.clock.now_ms())


@pytest.fixture
def leaving(opened: Any, say: Any, ecole: Any, college: Any) -> Any:
    """Both ENTs shared a document, and the école's last day is said."""
    opened.hear(say.resource("ecole/51", "Conte"), say.share("ecole/51", "ecole/G7"))
    opened.hear(say.resource("college/d1", "Carte"), say.share("college/d1", "college/g-8"))
    opened.hear(say.homework("ecole/h1", "ecole/G7"))
    assert opened.hear(opened.project(ecole._replace(until=LAST_DAY), college, version=2)) == []
    at(opened, LAST_EVENING)
    assert opened.step.tick() == []
    return opened


def test_after_its_day_exactly_what_its_ent_held_is_withdrawn(leaving: Any) -> None:
    at(leaving, NEXT_MORNING)
    gone = told(leaving.deliveries(leaving.step.tick()))
    assert gone == [
        ("ecole", "GROUP_REMOVE"),
        ("ecole", "MEMBER_REMOVE"),
        ("ecole", "SHARE_REMOVE"),
    ]
    assert leaving.step.tick() == []


def test_what_it_gave_before_stays_with_the_others_as_it_was(leaving: Any, say: Any) -> None:
    before = {place: what for place, what in leaving.holds().items() if place[0] == "college"}
    at(leaving, NEXT_MORNING)
    leaving.step.tick()
    assert leaving.holds() == before
    assert leaving.hear(say.resource("ecole/51", "Conte corrigé", 2)) == []
    assert leaving.hear(say.resource("ecole/52"), say.share("ecole/52", "ecole/G7")) == []
    assert leaving.hear(say.homework("ecole/h1", "ecole/G7", version=2, title="Autre")) == []
    assert leaving.holds() == before


@pytest.mark.parametrize("what", ["share", "resource"])
def test_what_it_takes_back_later_is_withdrawn_all_the_same(
    leaving: Any, say: Any, what: str
) -> None:
    at(leaving, NEXT_MORNING)
    leaving.step.tick()
    key = {"share": "ecole/51-G7", "resource": "ecole/51"}[what]
    fields = {"resource": "ecole/51", "group": "ecole/G7"} if what == "share" else {}
    gone = leaving.hear(say.record(what, key, 2, deleted=True, **fields))
    assert told(gone) == [("college", "SHARE_REMOVE")]


def test_whoever_takes_its_word_back_takes_back_what_it_gave(
    leaving: Any, ecole: Any, college: Any
) -> None:
    at(leaving, NEXT_MORNING)
    leaving.step.tick()
    withdrawn = ecole._replace(until=LAST_DAY, decision="WITHDRAWN")
    gone = told(leaving.hear(leaving.project(withdrawn, college, version=3)))
    assert gone == [("college", "SHARE_REMOVE")]  # it has no way to take homework back


def test_nothing_more_is_delivered_after_the_day_though_it_was_routed(leaving: Any) -> None:
    """The last check point alone: a delivery that waited for its ENT over the day."""
    leave = Leave(leaving.engine)
    for operation in ("GROUP_PUT", "MEMBER_PUT", "SHARE_PUT"):
        assert leave.listed(PROJECT, "ecole", operation, LAST_EVENING)
        assert leave.listed(PROJECT, "ecole", operation, NEXT_MORNING) is None
        assert leave.listed(PROJECT, "college", operation, NEXT_MORNING)
    listed = leave.listed(PROJECT, "ecole", "SHARE_REMOVE", NEXT_MORNING)
    assert within("SHARE_REMOVE", NAMES, listed) == {"share": "s", "group": "group-1"}


def test_nothing_more_is_published_for_the_project_after_the_day(leaving: Any) -> None:
    with leaving.engine.connect() as connection:
        before = mandates.published(connection, ["ecole"], LAST_DAY)["ecole"]
        after = mandates.published(connection, ["ecole"], "2026-11-16")["ecole"]
    assert "share" in before
    assert "share" not in after
    assert after["membership"] == {"*"}


def test_a_later_day_given_again_brings_it_back(leaving: Any, ecole: Any, college: Any) -> None:
    at(leaving, NEXT_MORNING)
    leaving.step.tick()
    later = ecole._replace(until="2026-12-31")
    back = told(leaving.hear(leaving.project(later, college, version=3)))
    assert back == [("ecole", "GROUP_PUT"), ("ecole", "MEMBER_PUT"), ("ecole", "SHARE_PUT")]


def test_another_establishment_of_the_same_ent_stays(
    opened: Any, say: Any, ecole: Any, college: Any
) -> None:
    near = ecole._replace(uai="0119002A", groups=("ecole/5130",))
    opened.hear(opened.project(ecole, near, college, version=2), say.group("ecole/5130"))
    opened.hear(opened.project(ecole._replace(until=LAST_DAY), near, college, version=3))
    at(opened, NEXT_MORNING)
    gone = opened.deliveries(opened.step.tick())
    assert [(e["operation"], e["body"]["local_id"]) for e in gone] == [("MEMBER_REMOVE", "5121")]


def test_a_hub_that_slept_over_the_day_withdraws_when_it_wakes(leaving: Any) -> None:
    at(leaving, NEXT_MORNING + 3 * DAY_MS)
    assert ("ecole", "GROUP_REMOVE") in told(leaving.deliveries(leaving.restarted().opening()))
