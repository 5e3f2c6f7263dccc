"""An école has another ENT in mid-year: the group is there with what it holds, nobody else sees."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store.project_moves import Former
from tests.agents.projects.conftest import NOW, OF_CLASSES, PROJECT

NEW = "nouvel"


def told(deliveries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((each["destination"], each["operation"]) for each in deliveries)


@pytest.fixture
def moving(opened: Any, say: Any) -> Any:
    """Both ENTs gave something to the project, and the new ENT says its class."""
    opened.cards[NEW] = OF_CLASSES
    opened.hear(say.resource("ecole/51", "Conte"), say.share("ecole/51", "ecole/G7"))
    opened.hear(say.resource("college/d1", "Carte"), say.share("college/d1", "college/g-8"))
    opened.hear(say.homework("ecole/h1", "ecole/G7"))
    opened.hear(say.group(f"{NEW}/31"))
    opened.step.acknowledged()
    return opened


@pytest.fixture
def move(moving: Any, ecole: Any, college: Any) -> Any:
    """The école is in the new ENT from version 2 on; gives what the ENTs are told."""

    def go(version: int = 2) -> list[dict[str, Any]]:
        fresh = ecole._replace(instance=NEW, groups=(f"{NEW}/31",), former=(Former("ecole", NOW),))
        deliveries: list[dict[str, Any]] = moving.hear(
            moving.project(fresh, college, version=version)
        )
        return deliveries

    return go


def of(hub: Any, ent: str) -> dict[str, Any]:
    return {what: body for (place, what), body in hub.holds().items() if place == ent}


def titles(hub: Any, ent: str) -> set[tuple[str, str]]:
    """What it shows of documents and work, by the words of the deliveries."""
    return {
        (operation, str(body["title"]))
        for operation, body in of(hub, ent).values()
        if "title" in body
    }


def test_the_new_ent_gets_group_members_and_everything_that_was_given(
    moving: Any, move: Any
) -> None:
    here = [each for each in move() if each["destination"] == NEW]
    assert told(here) == [
        (NEW, "GROUP_PUT"),
        (NEW, "HOMEWORK_PUT"),
        (NEW, "MEMBER_PUT"),
        (NEW, "SHARE_PUT"),
        (NEW, "SHARE_PUT"),
    ]
    (member,) = [each for each in here if each["operation"] == "MEMBER_PUT"]
    assert member["body"]["local_id"] == "31"
    given = {("SHARE_PUT", "Conte"), ("SHARE_PUT", "Carte")}
    assert titles(moving, NEW) == {*given, ("HOMEWORK_PUT", "Lire le chapitre 2")}
    (own,) = [e["body"] for e in here if e["body"].get("title") == "Conte"]
    assert (own["source_instance"], own["source_media"]) == ("ecole", "51")


def test_the_ent_before_loses_it_and_the_others_see_no_change(moving: Any, move: Any) -> None:
    before = of(moving, "college")
    gone = [each for each in move() if each["destination"] != NEW]
    assert told(gone) == [
        ("ecole", "GROUP_REMOVE"),
        ("ecole", "MEMBER_REMOVE"),
        ("ecole", "SHARE_REMOVE"),
    ]
    assert of(moving, "college") == before
    assert of(moving, "ecole") == {}


def test_what_the_ent_before_says_later_is_not_heard(moving: Any, move: Any, say: Any) -> None:
    move()
    before = moving.holds()
    assert moving.hear(say.resource("ecole/51", "Conte corrigé", 2)) == []
    assert moving.hear(say.resource("ecole/52"), say.share("ecole/52", "ecole/G7")) == []
    assert moving.hear(say.homework("ecole/h2", "ecole/G7")) == []
    assert moving.hear(say.homework("ecole/h1", "ecole/G7", version=2, title="Autre")) == []
    assert moving.holds() == before


@pytest.mark.parametrize("what", ["share", "resource"])
def test_what_it_takes_back_is_withdrawn_in_the_new_ent_too(
    moving: Any, move: Any, say: Any, what: str
) -> None:
    move()
    key = {"share": "ecole/51-G7", "resource": "ecole/51"}[what]
    fields = {"resource": "ecole/51", "group": "ecole/G7"} if what == "share" else {}
    gone = moving.hear(say.record(what, key, 2, deleted=True, **fields))
    assert told(gone) == [("college", "SHARE_REMOVE"), (NEW, "SHARE_REMOVE")]


def test_what_the_new_ent_shares_reaches_the_others(moving: Any, move: Any, say: Any) -> None:
    (group,) = [
        each for each in move() if (each["destination"], each["operation"]) == (NEW, "GROUP_PUT")
    ]
    moving.hear(say.receipt(group, "N-1"))
    found = moving.hear(say.resource(f"{NEW}/9", "Fable"), say.share(f"{NEW}/9", f"{NEW}/N-1"))
    assert told(found) == [("college", "SHARE_PUT")]


def test_the_same_once_more_and_a_fresh_process_tell_nothing_new(moving: Any, move: Any) -> None:
    move()
    moving.step.acknowledged()
    before = moving.holds()
    moving.decided(PROJECT)
    assert moving.deliveries(moving.step.tick()) == []
    assert moving.deliveries(moving.restarted().opening()) == []
    assert moving.holds() == before


def test_a_move_back_brings_back_what_was_there(
    moving: Any, move: Any, ecole: Any, college: Any
) -> None:
    before = moving.holds()
    move()
    back = ecole._replace(former=(Former(NEW, NOW),))
    deliveries = moving.hear(moving.project(back, college, version=3))
    assert {each["destination"] for each in deliveries} == {"ecole", NEW}
    assert moving.holds() == before


def test_whoever_takes_its_word_back_takes_back_what_it_gave_from_the_ent_before(
    moving: Any, move: Any, ecole: Any, college: Any
) -> None:
    move()
    gone = ecole._replace(
        instance=NEW,
        groups=(f"{NEW}/31",),
        former=(Former("ecole", NOW),),
        decision="WITHDRAWN",
    )
    moving.hear(moving.project(gone, college, version=3))
    assert titles(moving, "college") == set()
    assert of(moving, NEW) == {}
