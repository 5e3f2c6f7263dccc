"""Who is in a project's group, ENT by ENT: the group itself, its classes, its people."""

from __future__ import annotations

from typing import Any

import pytest

MEMBER = ("MEMBER_PUT", "college")
AAF = [f"aaf/{number}" for number in (1, 2, 3)]


def told(deliveries: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """(operation, destination, member's own id there or group's name)."""
    return sorted(
        (d["operation"], d["destination"], d["body"].get("local_id") or d["body"].get("name", ""))
        for d in deliveries
    )


def test_a_draft_gives_nothing(hub: Any, say: Any, ecole: Any, college: Any) -> None:
    project = hub.project(ecole, college, state="DRAFT")
    assert hub.hear(project, say.group("ecole/5121"), say.group("aaf/6A")) == []
    assert hub.holds() == {}


def test_an_open_project_gives_its_group_to_whoever_authorised(
    hub: Any, ecole: Any, college: Any
) -> None:
    other = college._replace(decision="TRANSMITTED")
    (only,) = hub.hear(hub.project(ecole, other))
    assert (only["operation"], only["destination"]) == ("GROUP_PUT", "ecole")
    assert only["body"] == {"group": "group-1", "name": "Défi lecture"}
    assert (only["entity"], only["version"], only["project"]) == ("group:group-1", 1, "project-1")


@pytest.mark.parametrize("decision", ["PROPOSED", "TRANSMITTED", "REFUSED", "WITHDRAWN"])
def test_nothing_goes_to_whoever_did_not_authorise(
    hub: Any, say: Any, ecole: Any, college: Any, decision: str
) -> None:
    project = hub.project(ecole._replace(decision=decision), college)
    found = hub.hear(project, say.group("ecole/5121"), say.group("aaf/6A"))
    assert {each["destination"] for each in found} == {"college"}


def test_a_class_of_the_ents_own_goes_as_a_class_when_it_takes_classes(
    hub: Any, say: Any, ecole: Any
) -> None:
    hub.hear(hub.project(ecole))
    (only,) = hub.hear(say.group("ecole/5121"))
    assert only["operation"] == "MEMBER_PUT"
    assert only["body"] == {"group": "group-1", "member_kind": "GROUP", "local_id": "5121"}
    assert only["parents"] == ["group:group-1"]


def test_a_class_of_the_ents_own_goes_as_its_people_when_it_takes_people(
    hub: Any, say: Any, college: Any
) -> None:
    place = college._replace(groups=("college/c6",))
    members = [(f"college/u{n}", "PUPIL") for n in range(2)]
    said = [say.group("college/c6"), say.roster("college/c6", members)]
    found = hub.hear(hub.project(place), *said)
    assert told(found)[1:] == [(*MEMBER, "u0"), (*MEMBER, "u1")]
    assert found[1]["body"]["member_kind"] == "PERSON"


def test_a_class_of_the_state_goes_as_the_accounts_that_its_people_have(
    hub: Any, say: Any, college: Any
) -> None:
    hub.hear(hub.project(college), say.group("aaf/6A"), *(say.member("aaf/6A", m) for m in AAF))
    links = hub.recognise("p1", "aaf/1", "college/u1", "ecole/9")
    links += hub.recognise("p2", "aaf/2", "college/u2", "college/u2bis")
    assert told(hub.hear(*links)) == [(*MEMBER, "u1"), (*MEMBER, "u2"), (*MEMBER, "u2bis")]


def test_a_class_that_nobody_has_spoken_of_gives_nothing(hub: Any, say: Any, college: Any) -> None:
    hub.recognise("p1", "aaf/1", "college/u1")
    hub.hear(hub.project(college))
    assert hub.hear(say.member("aaf/6A", "aaf/1")) == []
    assert told(hub.hear(say.group("aaf/6A"))) == [(*MEMBER, "u1")]


def test_whoever_has_no_account_waits_and_comes_in_with_it(
    hub: Any, say: Any, college: Any
) -> None:
    hub.hear(hub.project(college), say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"))
    assert hub.hear(*hub.recognise("p1", "aaf/1")) == []
    (waits,) = [key for key, (operation, _) in hub.holds().items() if operation == "MEMBER_WAIT"]
    assert waits == ("college", f"member:group-1:{hub.pseudonym('college', 'p1')}")
    assert hub.holds()[waits] == ("MEMBER_WAIT", {})
    (only,) = hub.hear(*hub.recognise("p1", "college/u1"))
    assert told([only]) == [(*MEMBER, "u1")]
    assert waits not in hub.holds()


def test_whoever_loses_the_account_leaves_the_group_and_waits(
    hub: Any, say: Any, college: Any
) -> None:
    links = hub.recognise("p1", "aaf/1", "college/u1")
    hub.hear(hub.project(college), say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"), *links)
    gone = hub.hear(*hub.recognise("p1", "college/u1", deleted=True))
    assert told(gone) == [("MEMBER_REMOVE", "college", "u1")]
    assert [operation for operation, _ in hub.holds().values()] == ["GROUP_PUT", "MEMBER_WAIT"]


def test_an_account_found_to_be_somebody_elses_leaves_the_group(
    hub: Any, say: Any, college: Any
) -> None:
    links = hub.recognise("p1", "aaf/1", "college/u1")
    hub.hear(hub.project(college), say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"), *links)
    split = hub.hear(*hub.recognise("p2", "college/u1"))
    assert told(split) == [("MEMBER_REMOVE", "college", "u1")]


def test_a_pupil_who_leaves_the_class_leaves_the_group(hub: Any, say: Any, college: Any) -> None:
    links = hub.recognise("p1", "aaf/1", "college/u1")
    hub.hear(hub.project(college), say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"), *links)
    gone = hub.hear(say.member("aaf/6A", "aaf/1", 2, deleted=True))
    assert told(gone) == [("MEMBER_REMOVE", "college", "u1")]
    assert gone[0]["version"] == 2


def test_a_pupil_whom_the_state_deletes_leaves_the_group(hub: Any, say: Any, college: Any) -> None:
    """The State's files delete the person, and say nothing more of the classes."""
    links = hub.recognise("p1", "aaf/1", "college/u1")
    hub.hear(hub.project(college), say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"), *links)
    gone = hub.hear(*hub.recognise("p1", "aaf/1", deleted=True))
    assert told(gone) == [("MEMBER_REMOVE", "college", "u1")]


def test_a_deleted_account_leaves_though_its_list_still_names_it(
    hub: Any, say: Any, college: Any
) -> None:
    place = college._replace(groups=("college/c6",))
    roster = say.roster("college/c6", [("college/u1", "PUPIL")])
    links = hub.recognise("p1", "college/u1")
    hub.hear(hub.project(place), say.group("college/c6"), roster, *links)
    gone = hub.hear(*hub.recognise("p1", "college/u1", deleted=True))
    assert told(gone) == [("MEMBER_REMOVE", "college", "u1")]


def test_whoever_is_not_on_the_new_list_leaves(hub: Any, say: Any, college: Any) -> None:
    place = college._replace(groups=("college/c6",))
    both = [("college/u1", "PUPIL"), ("college/u2", "TEACHER")]
    hub.hear(hub.project(place), say.group("college/c6"), say.roster("college/c6", both))
    changed = hub.hear(say.roster("college/c6", [both[1], ("college/u3", "PUPIL")], 2))
    assert told(changed) == [("MEMBER_PUT", "college", "u3"), ("MEMBER_REMOVE", "college", "u1")]


def test_a_pupil_who_changes_class_within_one_record_leaves_the_first(
    hub: Any, say: Any, college: Any
) -> None:
    moved = {"member": "aaf/1", "role": "PUPIL"}
    links = hub.recognise("p1", "aaf/1", "college/u1")
    first = say.record("membership", "aaf/m1", group="aaf/6A", **moved)
    hub.hear(hub.project(college), say.group("aaf/6A"), first, *links)
    gone = hub.hear(say.record("membership", "aaf/m1", 2, group="aaf/6B", **moved))
    assert told(gone) == [("MEMBER_REMOVE", "college", "u1")]


def test_a_pupil_of_two_classes_is_one_member(hub: Any, say: Any, college: Any) -> None:
    place = college._replace(groups=("aaf/6A", "aaf/6B"))
    links = hub.recognise("p1", "aaf/1", "college/u1")
    classes = [say.group(key) for key in place.groups]
    members = [say.member(key, "aaf/1") for key in place.groups]
    found = hub.hear(hub.project(place), *classes, *members, *links)
    assert told(found)[1:] == [(*MEMBER, "u1")]
    assert hub.hear(say.member("aaf/6A", "aaf/1", 2, deleted=True)) == []


def test_families_do_not_take_part(hub: Any, say: Any, college: Any) -> None:
    place = college._replace(groups=("aaf/6A", "college/c6"))
    links = hub.recognise("p1", "aaf/1", "college/u1")
    said = [
        *(say.group(key) for key in place.groups),
        say.member("aaf/6A", "aaf/1", role="GUARDIAN"),
        say.roster("college/c6", [("college/u2", "GUARDIAN"), ("college/u3", "PUPIL")]),
    ]
    assert told(hub.hear(hub.project(place), *said, *links))[1:] == [(*MEMBER, "u3")]


def test_a_class_that_disappears_takes_its_people_along(hub: Any, say: Any, college: Any) -> None:
    links = hub.recognise("p1", "aaf/1", "college/u1")
    hub.hear(hub.project(college), say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"), *links)
    gone = hub.hear(say.group("aaf/6A", 2, deleted=True))
    assert told(gone) == [("MEMBER_REMOVE", "college", "u1")]


def test_a_new_title_is_a_new_version_of_the_group_alone(
    opened: Any, ecole: Any, college: Any
) -> None:
    found = opened.hear(opened.project(ecole, college, version=2, title="Défi sciences"))
    assert told(found) == [
        ("GROUP_PUT", "college", "Défi sciences"),
        ("GROUP_PUT", "ecole", "Défi sciences"),
    ]
    assert {each["version"] for each in found} == {2}


def test_no_person_id_leaves(hub: Any, say: Any, college: Any) -> None:
    person = "7d3f9a52-51c6-4b0e-9f0e-000000000001"
    links = hub.recognise(person, "aaf/1", "college/u1")
    said = [say.group("aaf/6A"), say.member("aaf/6A", "aaf/1"), say.member("aaf/6A", "aaf/2")]
    links += hub.recognise(f"{person[:-1]}2", "aaf/2")
    outputs = hub.step.handle([hub.project(college), *said, *links])
    assert len(outputs) == 2
    for output in outputs:
        assert person[:-1].encode() not in b"".join(
            (output.key, output.value, *dict(output.headers).values())
        )
