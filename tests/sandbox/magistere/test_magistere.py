"""The fictional m@gistère answers as Moodle's public code does, and refuses as it would."""

from __future__ import annotations

from typing import Any

import pytest

GROUP = "0199c0de-0000-7000-8000-000000000002"
ONE: dict[str, object] = {
    "cohorts[0][categorytype][type]": "system",
    "cohorts[0][categorytype][value]": "",
    "cohorts[0][name]": "Défi lecture",
    "cohorts[0][idnumber]": GROUP,
}


def joins(cohort: object, user: object) -> dict[str, object]:
    """The form that adds one user to one cohort, by ids."""
    return {
        "members[0][cohorttype][type]": "id",
        "members[0][cohorttype][value]": cohort,
        "members[0][usertype][type]": "id",
        "members[0][usertype][value]": user,
    }


def leaves(cohort: object, user: object) -> dict[str, object]:
    """The form that takes one user out."""
    return {"members[0][cohortid]": cohort, "members[0][userid]": user}


def searched(query: str) -> dict[str, object]:
    """The form that searches the cohorts of the system."""
    return {"query": query, "context[contextlevel]": "system", "context[instanceid]": 0}


def test_a_cohort_is_made_found_renamed_and_deleted(ws: Any, magistere: Any) -> None:
    (made,) = ws("core_cohort_create_cohorts", ONE)
    assert (made["name"], made["idnumber"]) == ("Défi lecture", GROUP)
    found = ws("core_cohort_search_cohorts", searched(GROUP))
    assert [each["id"] for each in found["cohorts"]] == [made["id"]]
    renamed = {**ONE, "cohorts[0][id]": made["id"], "cohorts[0][name]": "Défi <i>"}
    assert ws("core_cohort_update_cohorts", renamed) is None
    assert ws("core_cohort_get_cohorts", {"cohortids[0]": made["id"]})[0]["name"] == "Défi <i>"
    assert "Défi &lt;i&gt;" in magistere.call("GET /").body.decode()
    assert ws("core_cohort_delete_cohorts", {"cohortids[0]": made["id"]}) is None
    assert ws("core_cohort_get_cohorts") == []
    assert ws("core_cohort_search_cohorts", searched(GROUP)) == {"cohorts": []}


def test_a_second_idnumber_is_refused(ws: Any) -> None:
    ws("core_cohort_create_cohorts", ONE)
    again = ws("core_cohort_create_cohorts", ONE)
    named = (again["exception"], again["errorcode"])
    assert named == ("invalid_parameter_exception", "invalidparameter")
    assert again["debuginfo"] == f"record already exists: idnumber={GROUP}"
    assert len(ws("core_cohort_get_cohorts")) == 1


def test_adding_twice_is_a_warning_and_removing_twice_is_nothing(ws: Any, magistere: Any) -> None:
    cohort = ws("core_cohort_create_cohorts", ONE)[0]["id"]
    assert ws("core_cohort_add_cohort_members", joins(cohort, 41)) == {"warnings": []}
    (warned,) = ws("core_cohort_add_cohort_members", joins(cohort, 41))["warnings"]
    assert warned["warningcode"] == "3"
    assert ws("core_cohort_get_cohort_members", {"cohortids[0]": cohort}) == [
        {"cohortid": cohort, "userids": [41]}
    ]
    (held,) = magistere.call("GET /_sandbox/holds").body
    assert (held["idnumber"], held["members"]) == (GROUP, ["41"])
    assert ws("core_cohort_delete_cohort_members", leaves(cohort, 41)) is None
    assert ws("core_cohort_delete_cohort_members", leaves(cohort, 41)) is None
    assert magistere.call("GET /_sandbox/holds").body[0]["members"] == []


def test_who_or_what_is_not_there_is_told(ws: Any) -> None:
    cohort = ws("core_cohort_create_cohorts", ONE)[0]["id"]
    for form in (joins(cohort, 99), joins(99, 41)):
        (warned,) = ws("core_cohort_add_cohort_members", form)["warnings"]
        assert warned["warningcode"] == "2"
    for form, code in ((leaves(99, 41), "invalidrecord"), (leaves(cohort, 99), "invaliduser")):
        said = ws("core_cohort_delete_cohort_members", form)
        assert (said["exception"], said["errorcode"]) == ("dml_missing_record_exception", code)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({}, "Missing required key in single structure: cohorts"),
        ({"cohorts[0][name]": "x"}, "Missing required key in single structure: categorytype"),
        ({**ONE, "cohorts[0][visible]": "yes"}, '"bool" type'),
        ({**ONE, "cohorts[0][id]": "1"}, "Unexpected keys (id) detected"),
        ({**ONE, "hub": "1"}, "Unexpected keys (hub) detected"),
        ({**ONE, "cohorts[0][categorytype][type]": "site"}, "category type must be id, idnumber"),
        ({**ONE, "cohorts[0][categorytype][type]": "id"}, "category not exists"),
    ],
)
def test_a_form_that_moodle_would_refuse_is_refused(
    ws: Any, magistere: Any, form: dict[str, object], told: str
) -> None:
    said = ws("core_cohort_create_cohorts", form)
    assert said["errorcode"] == "invalidparameter"
    assert told in said["debuginfo"]
    assert magistere.effects() == []


def test_the_door_refuses_as_moodles(ws: Any, magistere: Any) -> None:
    assert ws("core_cohort_get_cohorts", wstoken="another")["errorcode"] == "invalidtoken"
    unknown = ws("core_cohort_send_home")
    named = (unknown["exception"], unknown["errorcode"])
    assert named == ("dml_missing_record_exception", "invalidrecord")
    assert "external_functions" in unknown["message"]
    assert ws("core_course_get_courses")["errorcode"] == "accessexception"
    magistere.call("POST /_sandbox/say", {"what": "rights", "granted": False})
    assert ws("core_cohort_create_cohorts", ONE)["errorcode"] == "nopermissions"
    magistere.call("POST /_sandbox/say", {"what": "rights", "granted": True})
    assert ws("core_cohort_create_cohorts", ONE)[0]["idnumber"] == GROUP


def test_a_search_without_its_context_is_refused(ws: Any) -> None:
    alone: dict[str, object] = {"query": "x", "context[contextid]": 0}
    assert ws("core_cohort_search_cohorts", alone)["errorcode"] == "invalidparameter"
    ask = {"query": "x", "context[contextid]": 1, "includes": "some"}
    assert ws("core_cohort_search_cohorts", ask)["errorcode"] == "codingerror"


def test_an_act_that_it_does_not_know_is_refused(magistere: Any) -> None:
    assert magistere.call("POST /_sandbox/say", {"what": "sing"}).status == 400
