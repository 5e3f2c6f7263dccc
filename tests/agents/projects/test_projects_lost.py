"""A group that an ENT does not know any more is told anew, then all that was in it, and no more."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from preau.store.lost_groups import DELAYS_MS

UNKNOWN = {"outcome": "REFUSED", "reason": "UNKNOWN_GROUP"}
KEEP = sa.text("insert into native_id values (:destination, :entity, :name, :value)")
GONE = {"outcome": "REFUSED", "reason": "UNKNOWN_RESOURCE"}


def of(sent: list[dict[str, Any]]) -> dict[str, Any]:
    """The one thing that the école's ENT is told."""
    (found,) = [each for each in sent if each["destination"] == "ecole"]
    return found


@pytest.fixture
def told(hub: Any, say: Any, ecole: Any, college: Any) -> dict[str, Any]:
    """What the école's ENT is told first, all of it applied: its group and its class."""
    hub.step.opening()
    sent = hub.hear(hub.project(ecole, college), say.group("ecole/5121"))
    (there,) = (each for each in sent if each["destination"] == "college")
    hub.hear(say.receipt(there, "C1"))
    found = {each["operation"]: each for each in sent if each["destination"] == "ecole"}
    hub.hear(say.receipt(found["GROUP_PUT"], "G7"), say.receipt(found["MEMBER_PUT"], None))
    return found


def later(hub: Any, ms: int = 0) -> list[dict[str, Any]]:
    """What the step tells of itself, so much later."""
    hub.clock.advance(ms)
    found: list[dict[str, Any]] = hub.deliveries(hub.step.tick())
    return found


def lose(hub: Any, say: Any, told: dict[str, Any]) -> dict[str, Any]:
    """A second class joins, and the ENT says that there is no such group; the group told anew."""
    assert hub.hear(say.receipt(told["MEMBER_PUT"], None, **UNKNOWN)) == []
    (group,) = later(hub)
    return group


def test_the_group_first_and_its_members_once_it_is_there(
    hub: Any, say: Any, told: dict[str, Any]
) -> None:
    group = lose(hub, say, told)
    assert (group["entity"], group["version"]) == (told["GROUP_PUT"]["entity"], 2)
    assert later(hub) == []
    (member,) = hub.hear(say.receipt(group, "G8"))
    assert (member["entity"], member["version"]) == (told["MEMBER_PUT"]["entity"], 2)
    assert hub.hear(say.receipt(group, "G8"), say.receipt(member, None)) == []


def test_what_was_applied_in_the_lost_group_is_told_anew_too(
    hub: Any, say: Any, told: dict[str, Any]
) -> None:
    share = of(hub.hear(say.resource("college/r1"), say.share("college/r1", "college/C1")))
    hub.hear(say.receipt(share, "M1"))
    group = lose(hub, say, told)
    again = hub.hear(say.receipt(group, "G8"))
    mine = {each["operation"]: each for each in again}
    assert {what: each["version"] for what, each in mine.items()} == {
        "MEMBER_PUT": 2,
        "SHARE_PUT": 2,
    }
    assert hub.hear(say.receipt(mine["SHARE_PUT"], None, **GONE)) == []  # we know no id of it


def test_a_copy_that_went_with_its_group_is_made_anew(
    hub: Any, say: Any, told: dict[str, Any]
) -> None:
    share = of(hub.hear(say.resource("college/r1"), say.share("college/r1", "college/C1")))
    called = {"destination": "ecole", "entity": share["entity"], "name": "native_id", "value": "1"}
    with hub.engine.begin() as connection:  # as `deliver` keeps what the ENT calls its copy
        connection.execute(KEEP, called)
    again = hub.hear(say.receipt(lose(hub, say, told), "G8"))
    (second,) = [each for each in again if each["operation"] == "SHARE_PUT"]
    third = of(hub.hear(say.receipt(second, None, **GONE)))
    assert (third["entity"], third["version"]) == (share["entity"], second["version"] + 1)
    assert hub.hear(say.receipt(third, None, **GONE)) == []  # it lies, or cannot: it is shown


def test_an_answer_to_what_was_told_before_is_no_second_loss(
    hub: Any, say: Any, told: dict[str, Any]
) -> None:
    group = lose(hub, say, told)
    hub.hear(say.receipt(group, "G8"))
    assert hub.hear(say.receipt(told["MEMBER_PUT"], None, **UNKNOWN)) == []
    assert later(hub, DELAYS_MS[1]) == []


def test_an_ent_that_loses_it_again_and_again_is_told_more_and_more_seldom(
    hub: Any, say: Any, told: dict[str, Any]
) -> None:
    group = lose(hub, say, told)
    for wait in DELAYS_MS[1:3]:
        (member,) = hub.hear(say.receipt(group, "G8"))
        assert hub.hear(say.receipt(member, None, **UNKNOWN)) == []
        assert later(hub, wait - 1) == []
        (group,) = later(hub, 1)


def test_a_group_withdrawn_meanwhile_is_not_told_anew(
    hub: Any, say: Any, told: dict[str, Any], ecole: Any, college: Any
) -> None:
    hub.hear(say.receipt(told["MEMBER_PUT"], None, **UNKNOWN))
    hub.hear(hub.project(ecole, college, version=2, state="CLOSED"))
    assert later(hub) == []


def test_a_member_refused_for_another_reason_loses_no_group(
    hub: Any, say: Any, told: dict[str, Any]
) -> None:
    hub.hear(
        say.receipt(told["MEMBER_PUT"], None, outcome="REFUSED", reason="UNKNOWN_MEMBER"),
        say.receipt(told["MEMBER_PUT"], None, **GONE),
    )
    assert later(hub, DELAYS_MS[1]) == []


def test_a_fresh_process_tells_what_the_one_before_it_noted(
    hub: Any, say: Any, told: dict[str, Any]
) -> None:
    hub.hear(say.receipt(told["MEMBER_PUT"], None, **UNKNOWN))
    hub.restarted()
    hub.deliveries(hub.step.opening())
    (group,) = later(hub)
    assert group["operation"] == "GROUP_PUT"
