"""What was refused with its group is wanted again when the ENT has the group, and only then."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

NOT_ALLOWED = {"outcome": "REFUSED", "reason": "NOT_ALLOWED"}
WITH_PARENT = {"outcome": "REFUSED", "reason": "PARENT_REFUSED"}


@pytest.fixture
def told(hub: Any, say: Any, ecole: Any, college: Any) -> dict[str, Any]:
    """What the école's ENT is told first: its group and its class, by operation."""
    sent = hub.hear(hub.project(ecole, college), say.group("ecole/5121"))
    return {each["operation"]: each for each in sent if each["destination"] == "ecole"}


def renamed(hub: Any, ecole: Any, college: Any) -> dict[str, Any]:
    """The project has another title: its group is told anew."""
    sent = hub.hear(hub.project(ecole, college, version=2, title="Défi"))
    (group,) = (each for each in sent if each["destination"] == "ecole")
    return dict(group)


def test_a_member_is_told_again_once_the_group_is_applied(
    hub: Any, say: Any, told: dict[str, Any], ecole: Any, college: Any
) -> None:
    group, member = told["GROUP_PUT"], told["MEMBER_PUT"]
    refusals = [say.receipt(group, None, **NOT_ALLOWED), say.receipt(member, None, **WITH_PARENT)]
    assert hub.hear(*refusals) == []
    later = renamed(hub, ecole, college)
    (again,) = hub.hear(say.receipt(later, "G7"))
    assert (again["entity"], again["version"]) == (member["entity"], member["version"] + 1)
    assert hub.hear(say.receipt(later, "G7")) == []  # a repeat says nothing new


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_in_whatever_order_the_answers_are_read(
    hub: Any, say: Any, told: dict[str, Any], ecole: Any, college: Any, order: tuple[int, ...]
) -> None:
    group, member = told["GROUP_PUT"], told["MEMBER_PUT"]
    later = renamed(hub, ecole, college)
    answers = [
        say.receipt(group, None, **NOT_ALLOWED),
        say.receipt(member, None, **WITH_PARENT),
        say.receipt(later, "G7"),
    ]
    sent = [each for n in order for each in hub.hear(answers[n])]
    assert [(each["entity"], each["version"]) for each in sent] == [(member["entity"], 2)]


def test_a_member_refused_for_itself_stays_refused(
    hub: Any, say: Any, told: dict[str, Any], ecole: Any, college: Any
) -> None:
    hub.hear(say.receipt(told["MEMBER_PUT"], None, outcome="REFUSED", reason="ARCHIVED"))
    assert hub.hear(say.receipt(renamed(hub, ecole, college), "G7")) == []


def test_a_member_withdrawn_meanwhile_is_not_told_again(
    hub: Any, say: Any, told: dict[str, Any], ecole: Any, college: Any
) -> None:
    hub.hear(say.receipt(told["GROUP_PUT"], None, **NOT_ALLOWED))
    hub.hear(say.receipt(told["MEMBER_PUT"], None, **WITH_PARENT))
    hub.hear(say.group("ecole/5121", 2, deleted=True))
    assert hub.hear(say.receipt(renamed(hub, ecole, college), "G7")) == []
