"""What the people of a fictional Net'École do, and that its connector understands what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from preau.catalogue.catalogue import open_catalogue
from preau.mapping.normaliser import Context
from preau.mapping.said import Said
from preau.sandbox.surface import Refused
from tests.sandbox.itop.conftest import School


def told(school: School) -> list[dict[str, Any]]:
    rows = school.ledger.rows("select body from emit order by seq")
    return [json.loads(row["body"]) for row in rows]


def understood(school: School) -> list[tuple[str, bool]]:
    """(record, whether it is withdrawn) of everything said."""
    normaliser = open_catalogue().connector("netecole").normaliser(Context(b"key" * 11))
    found: list[tuple[str, Any]] = []
    for said in told(school):
        body = json.dumps(said).encode()
        found += normaliser.plain(Said("ne", None, None, body, 0, "t", 0, 0, ""))
    return [(record, value["meta"]["deleted"]) for record, value in found]


@pytest.fixture
def document(school: School) -> str:
    """What the teacher shared with her class."""
    order = {"what": "share", "teacher": "ne-77", "group": "ne-C3", "title": "Fiche"}
    made: Any = school.life.say(order)
    return str(made["documents"][0])


def test_its_directory_is_understood_and_names_no_teacher(school: School) -> None:
    assert school.life.say({"what": "directory"}) == {"said": 3}
    records = ["group", "membership", "membership", "person", "person"]
    assert sorted(record for record, _ in understood(school)) == records
    assert [said["numero"] for said in told(school)] == [1, 2, 3]
    assert told(school)[0]["date"] == "21/09/2026 16:13"
    assert "ne-77" not in json.dumps(told(school))


def test_who_leaves_a_class_and_comes_back_is_said(school: School) -> None:
    order = {"what": "members", "class": "ne-C3"}
    assert school.life.say({**order, "users": ["ne-1", "ne-77"]}) == {"said": 1}
    assert school.life.say({**order, "users": ["ne-1", "ne-77"]}) == {"said": 0}
    assert school.life.say({**order, "users": ["ne-1", "ne-2", "ne-77"]}) == {"said": 1}
    assert [said["evenement"] for said in told(school)] == ["eleve.radie", "eleve.inscrit"]
    gone, there = [("person", True), ("membership", True)], [("person", False)]
    assert understood(school) == [*gone, *there, ("membership", False)]


def test_a_document_is_shared_renamed_and_taken_back(school: School, document: str) -> None:
    rename = {"what": "rename", "document": document, "title": "Fiche bis"}
    assert school.life.say(rename) == {"said": 1}
    assert school.life.say({"what": "delete", "document": document}) == {"said": 1}
    shared = [("resource", False), ("share", False), ("resource", False), ("share", True)]
    assert understood(school) == shared
    assert told(school)[2]["document"]["titre"] == "Fiche bis"


def test_homework_is_said(school: School) -> None:
    order = {"what": "homework", "group": "ne-C3", "title": "Lire", "due": "12/10/2026"}
    assert school.life.say(order) == {"said": 1, "homework": "neT-1"}
    assert understood(school) == [("homework", False)]


def test_any_event_may_be_said_as_given(school: School) -> None:
    fields = {"agenda": 1}
    order = {"what": "event", "event": "agenda.evenement_cree", "fields": fields}
    assert school.life.say(order) == {"said": 1}
    assert told(school)[0]["agenda"] == 1


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"what": "share", "teacher": "nobody", "group": "ne-C3", "title": "x"}, 404),
        ({"what": "share", "teacher": "ne-1", "group": "ne-C3", "title": "x"}, 403),
        ({"what": "share", "teacher": "ne-77", "group": "other", "title": "x"}, 404),
        ({"what": "delete", "document": "other"}, 404),
        ({"what": "members", "class": "other", "users": []}, 404),
        ({"what": "members", "class": "ne-C3", "users": ["nobody"]}, 404),
        ({"what": "dance"}, 400),
    ],
)
def test_what_it_does_not_know_is_refused(
    school: School, order: dict[str, Any], status: int
) -> None:
    with pytest.raises(Refused) as refused:
        school.life.say(order)
    assert refused.value.status == status
    assert told(school) == []
