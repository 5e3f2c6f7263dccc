"""In an ENT whose groups are of classes, single people are a work group of one class."""

from __future__ import annotations

from typing import Any

import pytest

from preau.store.projects import Pick, Place

A, B, C = "ecole/5121", "ecole/5122", "ecole/9"
PUPILS = ("ecole/1", "ecole/2", "ecole/3")
GROUP = ("group", "name", "member_kind", "class")


@pytest.fixture
def ecole(hub: Any, ecole: Place) -> Place:
    """An école whose ENT has groups of classes, and work groups of people in one class."""
    card = hub.cards["ecole"]
    needs = {**card.needs, "GROUP_PUT": GROUP}
    hub.cards["ecole"] = card._replace(members=("GROUP", "PERSON"), needs=needs)
    return ecole._replace(groups=())


@pytest.fixture
def known(hub: Any, say: Any, ecole: Place) -> None:
    """Two classes and a group that is none: two pupils in the first, one in the second."""
    assert ecole.groups == ()
    hub.hear(
        *(say.group(each) for each in (A, B)),
        say.record("group", C, kind="TEACHING_GROUP"),
        *(say.member(A, each) for each in PUPILS[:2]),
        say.member(B, PUPILS[2]),
        *(say.member(C, each) for each in PUPILS),
    )


def with_picks(place: Place, *sources: str, role: str = "PUPIL") -> Place:
    return place._replace(picks=tuple(Pick(each, role) for each in sources))


def told(sent: list[dict[str, Any]], operation: str) -> list[dict[str, Any]]:
    mine = [each for each in sent if each["destination"] == "ecole"]
    return [each for each in mine if each["operation"] == operation]


def group_of(sent: list[dict[str, Any]]) -> tuple[str, str]:
    """Of which kind the group that is told is, and of which class."""
    (found,) = told(sent, "GROUP_PUT")
    body = found["body"]
    return body.get("member_kind", ""), body.get("class", "")


def members_of(sent: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted(
        (each["body"]["member_kind"], each["body"]["local_id"]) for each in told(sent, "MEMBER_PUT")
    )


@pytest.mark.usefixtures("known")
def test_people_picked_one_by_one_are_a_work_group_of_the_class_of_most_of_them(
    hub: Any, ecole: Place
) -> None:
    sent = hub.hear(hub.project(with_picks(ecole, *PUPILS)))
    assert group_of(sent) == ("PERSON", "5121")
    assert members_of(sent) == [("PERSON", "1"), ("PERSON", "2"), ("PERSON", "3")]


@pytest.mark.usefixtures("known")
def test_of_two_classes_with_as_many_it_is_the_first(hub: Any, ecole: Place) -> None:
    sent = hub.hear(hub.project(with_picks(ecole, *PUPILS[1:])))
    assert group_of(sent) == ("PERSON", "5121")


@pytest.mark.usefixtures("known")
def test_where_a_class_joins_whole_the_group_is_of_classes(hub: Any, ecole: Place) -> None:
    sent = hub.hear(hub.project(with_picks(ecole, *PUPILS)._replace(groups=(A,))))
    assert group_of(sent) == ("GROUP", "")
    assert members_of(sent) == [("GROUP", "5121")]


@pytest.mark.usefixtures("known")
def test_a_purpose_without_pupils_takes_the_teachers_of_the_classes_named(
    hub: Any, say: Any, ecole: Place
) -> None:
    hub.hear(say.member(A, "ecole/8", role="TEACHER"))
    sent = hub.hear(hub.project(ecole._replace(groups=(A,)), purpose="CONCERTATION"))
    assert group_of(sent) == ("PERSON", "5121")
    assert members_of(sent) == [("PERSON", "8")]


def test_whom_no_class_is_known_of_is_in_no_work_group(hub: Any, ecole: Place) -> None:
    sent = hub.hear(hub.project(with_picks(ecole, *PUPILS)))
    assert group_of(sent) == ("GROUP", "")
    assert members_of(sent) == []


@pytest.mark.usefixtures("known")
def test_a_class_that_is_known_later_makes_the_work_group(hub: Any, say: Any, ecole: Place) -> None:
    hub.hear(say.member(A, PUPILS[0], 2, deleted=True))
    sent = hub.hear(hub.project(with_picks(ecole, PUPILS[0])))
    assert group_of(sent) == ("GROUP", "")
    (group,) = told(sent, "GROUP_PUT")
    hub.hear(say.receipt(group, "G7"))
    gone = hub.hear(say.member(A, PUPILS[0], 3))
    assert [each["operation"] for each in gone] == ["GROUP_REMOVE"]
    anew = hub.hear(say.receipt(gone[0], None))
    assert group_of(anew) == ("PERSON", "5121")
    assert members_of(anew) == [("PERSON", "1")]


@pytest.mark.usefixtures("known")
def test_the_class_of_the_state_is_in_it_by_its_people_accounts(
    hub: Any, say: Any, ecole: Place
) -> None:
    hub.recognise("p1", "aaf/1", PUPILS[0])
    hub.hear(say.group("aaf/CM2"), say.member("aaf/CM2", "aaf/1"))
    sent = hub.hear(hub.project(ecole._replace(groups=("aaf/CM2",))))
    assert group_of(sent) == ("PERSON", "5121")
    assert members_of(sent) == [("PERSON", "1")]


@pytest.mark.usefixtures("known")
def test_the_class_stays_the_same_while_one_of_them_is_in_it(
    hub: Any, say: Any, ecole: Place
) -> None:
    sent = hub.hear(hub.project(with_picks(ecole, *PUPILS)))
    hub.hear(*(say.receipt(each, "G7") for each in told(sent, "GROUP_PUT")))
    moved = hub.hear(say.member(A, PUPILS[1], 2, deleted=True), say.member(B, PUPILS[1]))
    assert moved == []


@pytest.fixture
def team(hub: Any, say: Any, ecole: Place, known: None) -> list[dict[str, Any]]:
    """A work group of the first class that its ENT has, with a document of the other school."""
    assert known is None
    place = Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", 1, ())
    sent: list[dict[str, Any]] = hub.hear(hub.project(with_picks(ecole, *PUPILS[:2]), place))
    names = {"ecole": "G7", "college": "g-8"}
    hub.hear(
        *(
            say.receipt(each, names[each["destination"]])
            for each in sent
            if each["operation"] == "GROUP_PUT"
        ),
        *(say.receipt(each, None) for each in told(sent, "MEMBER_PUT")),
    )
    shared = hub.hear(say.resource("college/r1"), say.share("college/r1", "college/g-8"))
    hub.hear(*(say.receipt(each, "M1") for each in shared))
    hub.step.acknowledged()
    return sent


def whole_class(hub: Any, ecole: Place) -> list[dict[str, Any]]:
    """The school lets the whole class join instead; what its ENT is told at once."""
    place = Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", 1, ())
    sent: list[dict[str, Any]] = hub.hear(
        hub.project(ecole._replace(groups=(A,)), place, version=2)
    )
    return [each for each in sent if each["destination"] == "ecole"]


@pytest.mark.usefixtures("team")
def test_a_work_group_that_is_to_be_of_classes_goes_first_with_its_members(
    hub: Any, ecole: Place
) -> None:
    sent = whole_class(hub, ecole)
    assert sorted(each["operation"] for each in sent) == [
        "GROUP_REMOVE",
        "MEMBER_REMOVE",
        "MEMBER_REMOVE",
    ]
    assert hub.deliveries(hub.step.tick()) == []  # until the ENT has answered


@pytest.mark.usefixtures("team")
def test_once_it_is_gone_it_is_made_anew_with_all_that_was_in_it(
    hub: Any, say: Any, ecole: Place
) -> None:
    gone = whole_class(hub, ecole)
    anew = hub.hear(*(say.receipt(each, None) for each in gone))
    assert group_of(anew) == ("GROUP", "")
    assert members_of(anew) == [("GROUP", "5121")]
    (group,) = told(anew, "GROUP_PUT")
    inside = hub.hear(say.receipt(group, "G9"))
    assert [each["operation"] for each in told(inside, "SHARE_PUT")] == ["SHARE_PUT"]
    assert hub.deliveries(hub.step.tick()) == []


@pytest.mark.usefixtures("team")
def test_the_removal_that_its_ent_refuses_holds_nothing_up(
    hub: Any, say: Any, ecole: Place
) -> None:
    gone = whole_class(hub, ecole)
    refused = {"outcome": "REFUSED", "reason": "NOT_ALLOWED"}
    anew = hub.hear(*(say.receipt(each, None, **refused) for each in gone))
    assert group_of(anew) == ("GROUP", "")


@pytest.mark.usefixtures("team")
def test_what_waits_for_the_removal_goes_on_in_a_fresh_process(
    hub: Any, say: Any, ecole: Place
) -> None:
    gone = whole_class(hub, ecole)
    hub.step.acknowledged()
    hub.restarted()
    assert hub.deliveries(hub.step.opening()) == []
    anew = hub.hear(*(say.receipt(each, None) for each in gone))
    assert group_of(anew) == ("GROUP", "")


@pytest.mark.usefixtures("known")
def test_a_mandate_of_before_lists_no_kind_and_the_group_is_of_classes(
    hub: Any, say: Any, ecole: Place
) -> None:
    card = hub.cards["ecole"]
    hub.cards["ecole"] = card._replace(needs={**card.needs, "GROUP_PUT": ("group", "name")})
    project = hub.project(with_picks(ecole, *PUPILS))
    hub.cards["ecole"] = card
    sent = hub.hear(project)
    assert group_of(sent) == ("", "")
    assert members_of(sent) == []
    hub.hear(*(say.receipt(each, "G7") for each in told(sent, "GROUP_PUT")))
    assert hub.hear(say.group(A, 2)) == []


@pytest.mark.usefixtures("team")
def test_a_project_that_ends_takes_the_work_group_and_makes_no_other(
    hub: Any, say: Any, ecole: Place
) -> None:
    place = Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", 1, ())
    end = hub.project(with_picks(ecole, *PUPILS[:2]), place, version=2, state="CLOSED")
    gone = [each for each in hub.hear(end) if each["destination"] == "ecole"]
    assert "GROUP_REMOVE" in {each["operation"] for each in gone}
    assert hub.hear(*(say.receipt(each, None) for each in gone)) == []
