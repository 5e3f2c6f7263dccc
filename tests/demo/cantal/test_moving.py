"""What must survive a change of ENT: whoever changes anything else breaks the story."""

from __future__ import annotations

from typing import Any

import pytest

from preau.demo.cantal.moving import check_groups, check_rights
from preau.demo.cantal.territory import BENEYLU, MOVED, NETCIRCO, NETCOLLEGE, NETECOLE
from preau.demo.waiting import StoryBroken
from preau.store.mandates import Mandate

HELD: dict[str, Any] = {"id": "g", "members": [1, 2], "documents": ["d"], "dates": ["r"]}
BEFORE = dict.fromkeys((NETECOLE, BENEYLU, NETCIRCO, NETCOLLEGE), HELD)
OTHERS = {**HELD, "members": [1, 3]}


def test_the_two_ents_have_other_members_and_the_others_nothing_new() -> None:
    check_groups(BEFORE, {**BEFORE, NETECOLE: OTHERS, BENEYLU: OTHERS})


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        (NETCIRCO, {"members": [1]}),
        (NETCOLLEGE, {"documents": []}),
        (NETECOLE, {"documents": []}),
        (BENEYLU, {"dates": []}),
        (BENEYLU, {"id": "another"}),
    ],
)
def test_anything_else_that_changes_breaks_the_story(name: str, changed: dict[str, Any]) -> None:
    with pytest.raises(StoryBroken, match=f"{name} a changé : {next(iter(changed))}"):
        check_groups(BEFORE, {**BEFORE, name: {**HELD, **changed}})


def mandate(instance: str, until: str = "2027-07-02") -> Mandate:
    what = ("share",), (), "RESEAU", "p1", "", "DASEN", "2026-11-25", until, 0
    return Mandate("m1", MOVED.uai, instance, "PUBLISH", *what)


def test_rights_are_the_same_in_the_new_ent() -> None:
    check_rights([mandate(NETECOLE)], [mandate(BENEYLU)])


@pytest.mark.parametrize(
    "now",
    [
        [],
        [mandate(NETECOLE)],
        [mandate(BENEYLU, "2027-12-31")],
        [mandate(BENEYLU), mandate(BENEYLU)],
    ],
    ids=["lost", "still in the old ENT", "until another day", "one too many"],
)
def test_rights_that_are_not_the_same_break_the_story(now: list[Mandate]) -> None:
    with pytest.raises(StoryBroken, match="mandat"):
        check_rights([mandate(NETECOLE)], now)


def test_a_school_that_had_no_right_proves_nothing() -> None:
    with pytest.raises(StoryBroken):
        check_rights([], [])
