"""What an ENT refused is told again once its source speaks again, and not before."""

from __future__ import annotations

from typing import Any

import pytest

GONE = {"outcome": "REFUSED", "reason": "MEDIA_GONE"}


@pytest.fixture
def told(opened: Any, say: Any) -> dict[str, Any]:
    """The delivery of a document to the collège, which has not answered."""
    (only,) = opened.hear(say.resource("ecole/51"), say.share("ecole/51", "ecole/G7"))
    found: dict[str, Any] = only
    return found


def test_a_document_restored_after_its_refusal_is_told_again(
    opened: Any, say: Any, told: dict[str, Any]
) -> None:
    assert opened.hear(say.receipt(told, None, **GONE)) == []
    (again,) = opened.hear(say.resource("ecole/51", version=3))
    assert again["version"] == told["version"] + 1
    assert (again["operation"], again["body"]) == (told["operation"], told["body"])


def test_a_document_restored_before_its_refusal_is_heard_is_told_again(
    opened: Any, say: Any, told: dict[str, Any]
) -> None:
    """In the bin and out again between two batches: nobody but the refusal tells of it."""
    binned = say.resource("ecole/51", version=2, deleted=True)
    assert opened.hear(binned, say.resource("ecole/51", version=3)) == []
    (again,) = opened.hear(say.receipt(told, None, **GONE))
    assert again["version"] == told["version"] + 1
    assert opened.hear(say.receipt(again, None, **GONE)) == []


def test_both_in_one_batch_are_told_again_once(opened: Any, say: Any, told: dict[str, Any]) -> None:
    batch = [say.resource("ecole/51", version=3), say.receipt(told, None, **GONE)]
    assert len(opened.hear(*batch)) == 1
    assert opened.hear(*batch) == []


def test_what_was_given_up_is_told_again_as_well(
    opened: Any, say: Any, told: dict[str, Any]
) -> None:
    opened.hear(say.receipt(told, None, outcome="EXPIRED", reason="ENT_ERROR"))
    assert len(opened.hear(say.share("ecole/51", "ecole/G7", version=2))) == 1


def test_a_refusal_stays_while_nobody_speaks(opened: Any, say: Any, told: dict[str, Any]) -> None:
    opened.hear(say.receipt(told, None, **GONE))
    opened.step.acknowledged()
    assert opened.hear(say.resource("ecole/52")) == []
    assert opened.hear(say.resource("ecole/51", version=1)) == []  # a repeat says nothing new
    assert opened.restarted().opening() == []


def test_a_class_refused_in_the_archive_is_told_again_when_it_is_back(
    hub: Any, say: Any, ecole: Any, college: Any
) -> None:
    told = hub.hear(hub.project(ecole, college), say.group("ecole/5121"))
    (member,) = (each for each in told if each["operation"] == "MEMBER_PUT")
    hub.hear(say.receipt(member, None, outcome="REFUSED", reason="ARCHIVED"))
    assert hub.hear(say.group("ecole/5122")) == []
    (again,) = hub.hear(say.group("ecole/5121", 3))
    assert (again["entity"], again["version"]) == (member["entity"], 2)


def test_a_refusal_is_forgotten_even_when_the_whole_project_is_looked_at(
    opened: Any, say: Any, told: dict[str, Any], ecole: Any, college: Any
) -> None:
    opened.hear(say.receipt(told, None, **GONE))
    project = opened.project(ecole, college, version=2)
    (again,) = opened.hear(project, say.resource("ecole/51", version=3))
    assert again["entity"] == told["entity"]


def test_what_was_refused_while_a_school_was_out_is_told_again_once_it_is_back(
    opened: Any, say: Any, told: dict[str, Any]
) -> None:
    opened.hear(say.receipt(told, None, outcome="REFUSED", reason="NO_MANDATE"))
    opened.decided()
    (again,) = opened.deliveries(opened.step.tick())
    assert (again["entity"], again["version"]) == (told["entity"], told["version"] + 1)


def test_it_is_told_again_though_the_process_died_between_the_decision_and_its_turn(
    opened: Any, say: Any, told: dict[str, Any]
) -> None:
    opened.hear(say.receipt(told, None, outcome="REFUSED", reason="NO_MANDATE"))
    opened.step.acknowledged()
    opened.decided()
    (again,) = opened.deliveries(opened.restarted().opening())
    assert (again["entity"], again["version"]) == (told["entity"], told["version"] + 1)
    assert opened.deliveries(opened.step.tick()) == []


def test_a_refusal_heard_after_such_a_death_is_told_again_too(
    opened: Any, say: Any, told: dict[str, Any]
) -> None:
    opened.step.acknowledged()
    opened.decided()
    assert opened.deliveries(opened.restarted().opening()) == []
    (again,) = opened.hear(say.receipt(told, None, outcome="REFUSED", reason="NO_MANDATE"))
    assert (again["entity"], again["version"]) == (told["entity"], told["version"] + 1)
