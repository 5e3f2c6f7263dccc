"""A directory's set leaves as a OneRoster package: complete, repeatable, as the standard has it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given

from preau.outlets.directory import Account, Directory, School
from preau.outlets.oneroster.check import check
from preau.outlets.oneroster.package import package
from preau.outlets.oneroster.roster import roster, school_id
from tests.outlets.oneroster.directories import COLLEGE, ECOLE, LIMOUX, directories

Files = Mapping[str, list[dict[str, str]]]


def files(found: Directory) -> Files:
    with zipfile.ZipFile(io.BytesIO(package(found, "hub-11"))) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))
            for name in archive.namelist()
        }


@given(directories())
def test_any_set_makes_a_package_that_the_check_passes(found: Directory) -> None:
    assert check(io.BytesIO(package(found, "hub-11"))) == []


@given(directories())
def test_the_same_set_makes_the_same_bytes_whatever_its_order(found: Directory) -> None:
    turned = found._replace(
        schools=found.schools[::-1], accounts=found.accounts[::-1], groups=found.groups[::-1]
    )
    assert package(found, "hub-11") == package(turned, "hub-11")


HEADERS = """
users.csv: sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,
    middleName,identifier,email,sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,
    preferredGivenName,preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns
orgs.csv: sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
academicSessions.csv: sourcedId,status,dateLastModified,title,type,startDate,endDate,
    parentSourcedId,schoolYear
courses.csv: sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,
    orgSourcedId,subjects,subjectCodes
classes.csv: sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,
    location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods
roles.csv: sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,
    orgSourcedId,userProfileSourcedId
enrollments.csv: sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,
    role,primary,beginDate,endDate
"""
TOLD = [line.split(": ") for line in HEADERS.replace("\n    ", "").strip().splitlines()]


@pytest.mark.parametrize(("file", "header"), TOLD)
def test_headers_are_those_of_the_binding_1_2_1(file: str, header: str) -> None:
    with zipfile.ZipFile(io.BytesIO(package(LIMOUX, "hub-11"))) as archive:
        assert archive.read(file).decode().split("\r\n")[0] == header


def test_the_manifest_says_what_is_there_and_what_is_absent() -> None:
    said = {each["propertyName"]: each["value"] for each in files(LIMOUX)["manifest.csv"]}
    bulk = {name for name, value in said.items() if value == "bulk"}
    there = ("academicSessions", "classes", "courses", "enrollments", "orgs", "roles", "users")
    assert bulk == {f"file.{name}" for name in there}
    assert said["file.demographics"] == "absent"
    assert (said["manifest.version"], said["oneroster.version"]) == ("1.0", "1.2")
    assert said["source.systemCode"] == "hub-11"


def test_a_group_that_spans_schools_is_one_class_for_each_of_one_course() -> None:
    made = files(LIMOUX)
    assert [each["schoolSourcedId"] for each in made["classes.csv"]] == [
        school_id(COLLEGE.uai),
        school_id(ECOLE.uai),
    ]
    assert len({each["courseSourcedId"] for each in made["classes.csv"]}) == 1
    schools = {each["sourcedId"]: each["schoolSourcedId"] for each in made["classes.csv"]}
    for each in made["enrollments.csv"]:
        assert each["schoolSourcedId"] == schools[each["classSourcedId"]]


def test_people_have_their_grade_and_a_role_in_each_of_their_schools_and_nothing_more() -> None:
    made = files(LIMOUX)
    users = {each["sourcedId"]: each for each in made["users.csv"]}
    assert {name: user["grades"] for name, user in users.items()} == {
        "ana2": "05",
        "leo3": "06",
        "mme4": "",
    }
    assert users["ana2"]["givenName"] == "Anaïs"
    for unsaid in ("email", "sms", "phone", "password", "identifier", "userMasterIdentifier"):
        assert {each[unsaid] for each in users.values()} == {""}
    held = [each for each in made["roles.csv"] if each["userSourcedId"] == "mme4"]
    assert {(each["role"], each["roleType"]) for each in held} == {("teacher", "primary")}
    assert {each["orgSourcedId"] for each in held} == {
        school_id(COLLEGE.uai),
        school_id(ECOLE.uai),
    }


def test_the_year_is_the_french_one_and_its_last_day_is_excluded() -> None:
    year, *_ = (e for e in files(LIMOUX)["academicSessions.csv"] if e["type"] == "schoolYear")
    assert (year["startDate"], year["endDate"]) == ("2026-09-01", "2027-09-01")
    assert year["schoolYear"] == "2027"


def test_who_is_nowhere_by_a_mandate_is_not_in_the_package() -> None:
    stranger = Account("zoe5", "PUPIL", ("9999999Z",), "Laforge", "Zoé")
    assert "Zoé" not in str(roster(LIMOUX._replace(accounts=(*LIMOUX.accounts, stranger))))


def test_names_that_would_harm_a_spreadsheet_or_a_line_do_not() -> None:
    worst = Account("bad6", "PUPIL", (ECOLE.uai,), '=cmd|"/c calc"!A1', "Ana\r\n,\x00 is\u202e")
    made = files(LIMOUX._replace(accounts=(worst,), belongs=()))
    (user,) = made["users.csv"]
    assert user["familyName"] == '\'=cmd|"/c calc"!A1'
    assert user["givenName"] == "Ana , is"


def test_a_set_of_nobody_says_so_by_absence() -> None:
    nobody = Directory((School("0110022V", "Collège", "second"),), (), (), (), LIMOUX.as_of_ms)
    assert set(files(nobody)) == {"manifest.csv", "orgs.csv", "academicSessions.csv"}
