"""The usual queries of a rostering client of OneRoster 1.2, by the standard's operations."""

from __future__ import annotations

import json
import urllib.error
from typing import Any

import pytest

from preau.outlets.directory import Account, Belongs
from tests.outlets.oneroster.directories import COLLEGE, ECOLE, LIMOUX
from tests.web.consumers import SECRET, Rosters
from tests.web.roster_client import RosterClient

pytestmark = pytest.mark.kafka
COUNTS = {
    "getAllOrgs": ("orgs", 3),
    "getAllSchools": ("schools", 2),
    "getAllCourses": ("courses", 1),
    "getAllClasses": ("classes", 2),
    "getAllUsers": ("users", 3),
    "getAllStudents": ("students", 2),
    "getAllTeachers": ("teachers", 1),
    "getAllEnrollments": ("enrollments", 4),
    "getAllAcademicSessions": ("academicSessions", 2),
    "getAllTerms": ("terms", 1),
    "getAllGradingPeriods": ("gradingPeriods", 0),
    "getClassesForSchool": ("schools/{school}/classes", 1),
    "getCoursesForSchool": ("schools/{school}/courses", 1),
    "getEnrollmentsForSchool": ("schools/{school}/enrollments", 2),
    "getStudentsForSchool": ("schools/{school}/students", 1),
    "getTeachersForSchool": ("schools/{school}/teachers", 1),
    "getTermsForSchool": ("schools/{school}/terms", 1),
    "getEnrollmentsForClassInSchool": ("schools/{school}/classes/{class}/enrollments", 2),
    "getStudentsForClassInSchool": ("schools/{school}/classes/{class}/students", 1),
    "getTeachersForClassInSchool": ("schools/{school}/classes/{class}/teachers", 1),
    "getStudentsForClass": ("classes/{class}/students", 1),
    "getTeachersForClass": ("classes/{class}/teachers", 1),
    "getClassesForCourse": ("courses/{course}/classes", 2),
    "getClassesForTerm": ("terms/{term}/classes", 2),
    "getGradingPeriodsForTerm": ("terms/{term}/gradingPeriods", 0),
    "getClassesForUser": ("users/mme4/classes", 2),
    "getClassesForStudent": ("students/ana2/classes", 1),
    "getClassesForTeacher": ("teachers/mme4/classes", 2),
}
ONES = {
    "getOrg": ("orgs/{school}", "org"),
    "getSchool": ("schools/{school}", "org"),
    "getCourse": ("courses/{course}", "course"),
    "getClass": ("classes/{class}", "class"),
    "getUser": ("users/ana2", "user"),
    "getStudent": ("students/ana2", "user"),
    "getTeacher": ("teachers/mme4", "user"),
    "getEnrollment": ("enrollments/{enrollment}", "enrollment"),
    "getAcademicSession": ("academicSessions/{term}", "academicSession"),
    "getTerm": ("terms/{term}", "academicSession"),
}


@pytest.fixture
def client(service: Any) -> RosterClient:
    return RosterClient(f"http://127.0.0.1:{service.port}", "reader", SECRET)


@pytest.fixture
def at(client: RosterClient) -> dict[str, str]:
    """Ids by the names of the paths, as a client finds them."""
    (school,) = client.every("schools", filter=f"identifier='{ECOLE.uai}'")
    (of,) = client.every(f"schools/{school['sourcedId']}/classes")
    (term,) = client.every("terms")
    enrollment = next(client.every("enrollments"))
    return {
        "school": school["sourcedId"],
        "class": of["sourcedId"],
        "course": of["course"]["sourcedId"],
        "term": term["sourcedId"],
        "enrollment": enrollment["sourcedId"],
    }


def ids(client: RosterClient, path: str, **asked: str) -> list[str]:
    return [each["sourcedId"] for each in client.every(path, **asked)]


def refused(client: RosterClient, path: str, **asked: str) -> tuple[int, Any]:
    with pytest.raises(urllib.error.HTTPError) as error:
        client.get(path, **asked)
    with error.value as answer:
        return answer.code, json.load(answer)


def test_every_operation_on_a_collection_is_answered(
    client: RosterClient, at: dict[str, str]
) -> None:
    found = {}
    for operation, (path, _) in COUNTS.items():
        body, headers = client.get(path.format_map(at))
        ((_, entities),) = body.items()
        assert len(entities) == int(headers["X-Total-Count"]), operation
        found[operation] = (path, len(entities))
    assert found == COUNTS


def test_every_operation_on_one_entity_is_answered_by_it_alone(
    client: RosterClient, at: dict[str, str]
) -> None:
    for operation, (path, name) in ONES.items():
        body, _ = client.get(path.format_map(at))
        assert list(body) == [name], operation
        assert body[name]["sourcedId"] == path.format_map(at).rpartition("/")[2]
        assert (body[name]["status"], set(body[name]) >= {"dateLastModified"}) == ("active", True)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("status='active'", ["ana2", "leo3", "mme4"]),
        ("roles.role='student'", ["ana2", "leo3"]),
        ("roles.role='student' AND grades='05'", ["ana2"]),
        ("familyName='Vasseur' OR givenName='Léo'", ["leo3", "mme4"]),
        ("dateLastModified>'2026-10-01T00:00Z' AND status='active'", ["ana2", "leo3", "mme4"]),
        ("dateLastModified>'2026-10-13'", []),
        ("username='mme4'", ["mme4"]),
        ("enabledUser='true'", ["ana2", "leo3", "mme4"]),
        ("email='somebody@college.example'", []),
    ],
)  # fmt: skip
def test_the_usual_filters_let_through_whom_they_mean(
    client: RosterClient, said: str, found: list[str]
) -> None:
    assert ids(client, "users", filter=said) == found


def test_a_role_is_asked_for_as_clients_of_1_1_do(client: RosterClient, at: dict[str, str]) -> None:
    assert ids(client, "users", filter="role='student'") == ["ana2", "leo3"]
    assert ids(client, "users", filter="role='teacher' AND status='active'") == ["mme4"]
    assert ids(client, "users", filter=f"orgs.sourcedId='{at['school']}'") == ["ana2", "mme4"]
    assert ids(client, "users", sort="role", orderBy="desc") == ["mme4", "ana2", "leo3"]
    assert len(ids(client, "enrollments", filter="role='teacher'")) == 2


def test_who_enrolled_somewhere_is_asked_by_references(
    client: RosterClient, at: dict[str, str]
) -> None:
    of = f"class.sourcedId='{at['class']}' AND role='student'"
    (found,) = client.every("enrollments", filter=of)
    assert found["user"]["sourcedId"] == "ana2"
    mine = f"roles.org.sourcedId='{at['school']}'"
    assert ids(client, "users", filter=mine) == ["ana2", "mme4"]


def test_a_client_orders_and_chooses_fields(client: RosterClient) -> None:
    found = list(client.every("users", sort="familyName", orderBy="desc", fields="sourcedId,roles"))
    assert [each["sourcedId"] for each in found] == ["mme4", "leo3", "ana2"]
    assert {tuple(sorted(each)) for each in found} == {("roles", "sourcedId")}
    one, _ = client.get("users/ana2", fields="familyName")
    assert one == {"user": {"familyName": "Ferrandi"}}


def test_following_next_reads_every_page_of_each_query(
    client: RosterClient, rosters: Rosters
) -> None:
    many = [
        Account(f"p{number:03}", "PUPIL", (COLLEGE.uai,), "Ostermann", f"Élève {number}", "2111")
        for number in range(12)
    ]
    rosters.held["reader"] = LIMOUX._replace(
        accounts=tuple(many),
        belongs=tuple(Belongs("g-college", each.id, "PUPIL") for each in many),
    )
    everybody = [each.id for each in many]
    for limit in ("1", "5", "12", "100"):
        assert ids(client, "users", limit=limit) == everybody
        assert ids(client, "students", limit=limit, sort="sourcedId") == everybody
    falling = {"sort": "sourcedId", "orderBy": "desc", "filter": "status='active'"}
    assert ids(client, "users", limit="5", **falling) == everybody[::-1]
    assert len(ids(client, "classes/g-college/students", limit="5")) == len(many)
    body, headers = client.get("users", limit="5", offset="500")
    assert (body, headers["X-Total-Count"]) == ({"users": []}, "12")


@pytest.mark.parametrize(
    ("path", "said", "status", "minor"),
    [
        ("users/nobody", {}, 404, "unknownobject"),
        ("orgs/none", {}, 404, "unknownobject"),
        ("users", {"filter": "role=student"}, 400, "invalid_filter_field"),
        ("users", {"filter": "colour='red'"}, 400, "invalid_filter_field"),
        ("users", {"fields": "colour"}, 400, "invalid_selection_field"),
        ("users", {"sort": "colour"}, 400, "invalid_sort_field"),
        ("users", {"limit": "many"}, 400, "invaliddata"),
    ],
)
def test_what_cannot_be_answered_is_a_status_info(
    client: RosterClient, path: str, said: dict[str, str], status: int, minor: str
) -> None:
    code, body = refused(client, path, **said)
    assert code == status
    assert (body["imsx_codeMajor"], body["imsx_severity"]) == ("failure", "error")
    (field,) = body["imsx_CodeMinor"]["imsx_codeMinorField"]
    assert field["imsx_codeMinorFieldValue"] == minor


def test_who_has_no_token_and_who_has_not_the_scope_are_told_apart(
    client: RosterClient, service: Any
) -> None:
    core = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"
    narrow = RosterClient(f"http://127.0.0.1:{service.port}", "reader", SECRET, core)
    assert ids(narrow, "classes") == ids(client, "classes")
    assert refused(narrow, "classes/g-ecole/students")[0] == 403
    narrow.token = "none"
    assert refused(narrow, "users")[0] == 401
