"""Repeats, late words, crashes between SQL and Kafka, bytes that nobody can read."""

from __future__ import annotations

from typing import Any

import pytest

from preau.broker.records import Arrival
from preau.canon.codec import decode


@pytest.fixture
def history(hub: Any, say: Any, ecole: Any, college: Any) -> list[Arrival]:
    links = hub.recognise("p1", "aaf/1", "college/u1")
    return [
        hub.project(ecole, college),
        *(say.group("ecole/5121"), say.group("aaf/6A"), say.member("aaf/6A", "aaf/1")),
        *links,
    ]


def test_what_is_repeated_changes_nothing(hub: Any, history: list[Arrival]) -> None:
    assert len(hub.hear(*history)) == 4
    hub.clock.advance(60_000)
    assert hub.hear(*history) == []
    hub.step.acknowledged()
    hub.restarted()
    assert hub.hear(*history) == []


def test_a_late_word_changes_nothing(hub: Any, say: Any, history: list[Arrival]) -> None:
    hub.hear(*history, say.member("aaf/6A", "aaf/1", 5))
    assert hub.hear(say.member("aaf/6A", "aaf/1", 4, deleted=True)) == []
    assert hub.hear(say.member("aaf/6A", "aaf/1", 5, deleted=True)) == []
    (only,) = hub.hear(say.member("aaf/6A", "aaf/1", 6, deleted=True))
    assert only["operation"] == "MEMBER_REMOVE"


def test_of_one_object_in_a_batch_the_newest_word_counts(
    hub: Any, say: Any, history: list[Arrival]
) -> None:
    gone = [say.member("aaf/6A", "aaf/1", 3, deleted=True), say.member("aaf/6A", "aaf/1", 2)]
    found = hub.hear(*history, *gone)
    assert [each for each in found if each["body"].get("local_id") == "u1"] == []


def test_what_kafka_has_not_acknowledged_is_sent_again_word_for_word(
    hub: Any, history: list[Arrival]
) -> None:
    lost = hub.step.handle(history)
    hub.clock.advance(60_000)
    again = hub.restarted()
    assert again.opening() == lost
    assert again.handle(history) == []
    again.acknowledged()
    assert hub.restarted().opening() == []


def test_what_was_acknowledged_is_not_sent_again_and_the_rest_is(
    hub: Any, say: Any, history: list[Arrival]
) -> None:
    hub.step.handle(history)
    hub.step.acknowledged()
    lost = hub.step.handle([say.member("aaf/6A", "aaf/1", 2, deleted=True)])
    assert len(lost) == 1
    assert hub.restarted().opening() == lost


def test_a_process_that_handed_nothing_over_acknowledges_nothing(
    hub: Any, history: list[Arrival]
) -> None:
    lost = hub.step.handle(history)
    hub.restarted().acknowledged()
    assert hub.restarted().opening() == lost


def test_a_decision_whose_record_was_lost_is_found_at_the_next_start(
    hub: Any, history: list[Arrival], ecole: Any, college: Any
) -> None:
    """The web side writes to SQL, then to Kafka; it may die in between."""
    hub.hear(*history)
    hub.step.acknowledged()
    hub.project(ecole, college._replace(decision="WITHDRAWN"), version=2)
    found = hub.deliveries(hub.restarted().opening())
    assert {each["operation"] for each in found} == {"GROUP_REMOVE", "MEMBER_REMOVE"}


def test_versions_grow_with_each_change_of_one_thing_in_one_ent(
    hub: Any, say: Any, history: list[Arrival]
) -> None:
    seen = hub.hear(*history)
    for version in range(2, 8):
        seen += hub.hear(say.member("aaf/6A", "aaf/1", version, deleted=version % 2 == 0))
    by_entity: dict[tuple[str, str], list[int]] = {}
    for each in seen:
        by_entity.setdefault((each["destination"], each["entity"]), []).append(each["version"])
    assert by_entity.pop(("college", "member:group-1:u1")) == list(range(1, 8))
    assert set(map(tuple, by_entity.values())) == {(1,)}
    assert len({each["event_id"] for each in seen}) == len(seen)


def test_what_changed_and_changed_back_unseen_is_told_as_it_is_now(
    hub: Any, say: Any, history: list[Arrival]
) -> None:
    """A state, not a diary: what was never handed over need not be told of."""
    hub.step.handle(history)
    hub.step.handle([say.member("aaf/6A", "aaf/1", 2, deleted=True)])
    again = hub.deliveries(hub.restarted().opening())
    (member,) = [each for each in again if each["entity"] == "member:group-1:u1"]
    assert (member["operation"], member["version"]) == ("MEMBER_REMOVE", 2)


def test_a_delivery_tells_its_cause_and_when(hub: Any, say: Any, history: list[Arrival]) -> None:
    found = {each["operation"]: each for each in hub.hear(*history)}
    cause = decode(say.member("aaf/6A", "aaf/1").value).value["meta"]["event_id"]
    assert found["MEMBER_PUT"]["cause"] == cause
    assert found["MEMBER_PUT"]["occurred_at"] == hub.clock.now_ms()


@pytest.mark.parametrize("number", range(6))
def test_what_cannot_be_read_is_passed_over(
    hub: Any, say: Any, history: list[Arrival], number: int
) -> None:
    good = say.group("aaf/6B")
    bad = [
        good._replace(value=b""),
        good._replace(value=b"\x00\x00\x00\xff\xff????"),
        good._replace(value=good.value[:-3]),
        good._replace(key=b"\xff\xfe"),
        good._replace(key=None),
        good._replace(value=None),
    ][number]
    assert len(hub.hear(bad, *history, bad)) == 4


def test_records_that_projects_do_not_follow_are_passed_over(
    hub: Any, say: Any, history: list[Arrival]
) -> None:
    others = [say.record("sector", "hub/1"), say.record("person", "aaf/1")]
    assert len(hub.hear(*others, *history)) == 4


def test_every_topic_that_it_reads_is_declared(hub: Any) -> None:
    names = set(hub.step.topics())
    assert {"preau.link", "preau.receipt", "preau.canon.project"} < names
    assert {f"preau.canon.{record}" for record in ("group", "membership", "roster")} < names
