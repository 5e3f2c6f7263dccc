"""What is withdrawn, and from whom, when an authorisation, a project or an operation is missing."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def shared(opened: Any, say: Any) -> Any:
    """Both ENTs have the group and a member, and each a document and homework of the other's."""
    links = opened.recognise("p1", "aaf/1", "college/u1")
    opened.hear(say.member("aaf/6A", "aaf/1"), *links)
    opened.hear(
        *(say.resource("ecole/51", "Conte"), say.share("ecole/51", "ecole/G7")),
        *(say.resource("college/d1", "Carte"), say.share("college/d1", "college/g-8")),
        *(say.homework("ecole/8", "ecole/G7"), say.homework("college/h1", "college/g-8")),
    )
    return opened


def kinds(deliveries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((each["destination"], each["operation"]) for each in deliveries)


def test_a_withdrawn_authorisation_takes_everything_back_from_that_ent(
    shared: Any, ecole: Any, college: Any
) -> None:
    gone = college._replace(decision="WITHDRAWN")
    found = shared.hear(shared.project(ecole, gone, version=2))
    assert kinds(found) == [
        ("college", "GROUP_REMOVE"),
        ("college", "MEMBER_REMOVE"),
        ("college", "SHARE_REMOVE"),
        ("ecole", "SHARE_REMOVE"),
    ]
    assert {destination for destination, _ in shared.holds()} == {"ecole"}


def test_what_came_from_an_ent_that_withdrew_is_taken_back_from_the_others(
    shared: Any, ecole: Any, college: Any
) -> None:
    shared.hear(shared.project(ecole._replace(decision="WITHDRAWN"), college, version=2))
    assert [entity for _, entity in shared.holds() if entity.startswith("share:")] == []


def test_a_withdrawal_carries_what_is_needed_to_undo_and_nothing_more(
    shared: Any, ecole: Any, college: Any
) -> None:
    gone = college._replace(decision="WITHDRAWN")
    found = shared.hear(shared.project(ecole, gone, version=2))
    for each in found:
        assert set(each["body"]) <= set(shared.cards[each["destination"]].needs[each["operation"]])
    (member,) = [each for each in found if each["operation"] == "MEMBER_REMOVE"]
    assert member["body"]["local_id"] == "u1"


def test_a_withdrawal_that_an_ent_cannot_do_is_not_sent(
    shared: Any, ecole: Any, college: Any
) -> None:
    """Homework can be given there, and not taken back; the hub still knows that it is unwanted."""
    places = (each._replace(decision="WITHDRAWN") for each in (ecole, college))
    found = shared.hear(shared.project(*places, version=2))
    assert "HOMEWORK_REMOVE" not in {each["operation"] for each in found}
    assert shared.holds() == {}
    shared.step.acknowledged()
    assert shared.restarted().opening() == []


@pytest.mark.parametrize("state", ["DRAFT", "CLOSED"])
def test_a_project_that_is_not_open_any_more_is_withdrawn_everywhere(
    shared: Any, ecole: Any, college: Any, state: str
) -> None:
    found = shared.hear(shared.project(ecole, college, version=2, state=state))
    assert {each["operation"].rpartition("_")[2] for each in found} == {"REMOVE"}
    assert shared.holds() == {}


def test_an_authorisation_given_again_brings_everything_back_as_new_versions(
    shared: Any, ecole: Any, college: Any
) -> None:
    before = shared.holds()
    shared.hear(shared.project(ecole, college._replace(decision="WITHDRAWN"), version=2))
    found = shared.hear(shared.project(ecole, college, version=3))
    assert shared.holds() == before
    assert {each["version"] for each in found} == {3}


def test_of_two_ecoles_in_one_ent_one_may_withdraw(
    hub: Any, say: Any, ecole: Any, college: Any
) -> None:
    other = ecole._replace(uai="0119002A", groups=("ecole/5122",))
    classes = [say.group(key) for key in ("ecole/5121", "ecole/5122")]
    hub.hear(hub.project(ecole, other, college), *classes)
    gone = other._replace(decision="WITHDRAWN")
    (only,) = hub.hear(hub.project(ecole, gone, college, version=2))
    assert (only["operation"], only["body"]["local_id"]) == ("MEMBER_REMOVE", "5122")


def test_nothing_is_sent_to_an_instance_that_nobody_declared(
    hub: Any, say: Any, ecole: Any, college: Any
) -> None:
    """Its topic does not exist: one such output would stop every other."""
    del hub.cards["college"]
    found = hub.hear(hub.project(ecole, college), say.group("ecole/5121"))
    assert {each["destination"] for each in found} == {"ecole"}


def test_an_instance_declared_later_gets_what_it_missed(hub: Any, ecole: Any, college: Any) -> None:
    card = hub.cards.pop("college")
    hub.hear(hub.project(ecole, college))
    hub.cards["college"] = card
    (only,) = hub.deliveries(hub.restarted().opening())[1:]
    assert (only["destination"], only["operation"]) == ("college", "GROUP_PUT")
    assert only["body"] == {"group": "group-1", "name": "Défi lecture"}
