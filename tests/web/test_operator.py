"""What the operator and the tools read: health, metrics, schemas; projects as orders."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from preau.errors import TryAgain

pytestmark = pytest.mark.kafka
NEW = {
    "title": "Défi lecture",
    "purpose": "PROJET_PEDAGOGIQUE",
    "description": "Lire ensemble",
    "from": "2026-10-12",
    "until": "2027-07-02",
    "participants": [
        {"uai": "0119001Z", "instance": "ent-ecole", "classes": ["ent-ecole/5121"]},
        {"uai": "0119010J", "instance": "mon-ent", "classes": ["aaf-montpellier/43$6A"]},
    ],
}


class Broken:
    def read(self) -> None:
        raise TryAgain("KAFKA_AWAY", "no broker")

    def ping(self) -> None:
        raise OperationalError("select 1", {}, Exception("gone"))

    def receipts_by_outcome(self) -> None:
        self.ping()


def test_health_says_each_part_and_names_no_school(running: Any) -> None:
    running.post("/v1/intake/ent-ecole", {"data": {}})
    limit = time.monotonic() + 30
    while (said := running.call("GET", "/health").json)["status"] == "down":
        # a Kafka that has just started is still reading its groups
        assert time.monotonic() < limit
    assert (
        said["status"] == "late"
    )  # the step has no process in this test, and is seen to have none
    assert said["kafka"] == said["database"] == {"reachable": True}
    assert said["steps"] == [{"name": "normalise", "workers": 0, "lag": 1}]


def test_health_is_down_without_kafka_or_database_and_still_answers(world: Any, serve: Any) -> None:
    with serve(world, flow=Broken(), accounts=Broken()) as running:
        answer = running.call("GET", "/health")
        assert (answer.status, answer.json["status"]) == (503, "down")
        assert b'preau_up{part="kafka"} 0.0' in running.call("GET", "/metrics").body
        assert running.call("GET", "/health/live").status == 200


def test_metrics_count_what_went_in_and_what_was_refused(running: Any, world: Any) -> None:
    connector = world.topic.removeprefix("preau.intake.")
    for body in (b'{"data":{}}', b'{"data":{}}', b"{"):
        running.post("/v1/intake/ent-ecole", body)
    text = running.call("GET", "/metrics").body.decode()
    assert f'preau_events_in_total{{connector="{connector}"}} 2.0' in text
    assert f'preau_http_events_accepted_total{{connector="{connector}"}} 2.0' in text
    assert 'preau_http_refused_total{code="JSON_BROKEN"} 1.0' in text
    assert 'preau_step_lag{step="normalise"} 2.0' in text
    assert 'preau_receipts{outcome="APPLIED"} 3.0' in text
    assert "preau_waiting 2.0" in text
    assert 'preau_drift{kind="MISSING",state="HELD"} 7.0' in text
    assert 'preau_drift{kind="EXTRA",state="FOUND"} 1.0' in text
    assert 'preau_receipts_late{level="TRANSPORT"} 2.0' in text
    assert 'preau_set_asides{state="OPEN"} 4.0' in text
    assert 'preau_polls{state="troubled"} 1.0' in text
    assert "ent-ecole" not in text


def test_schemas_are_read_as_from_a_registry(running: Any) -> None:
    subject = "preau.canon.group-value"
    assert running.call("GET", "/subjects").json == [subject]
    assert running.call("GET", f"/subjects/{subject}/versions").json == [1]
    told = {"subject": subject, "version": 1, "id": 7, "schema": '{"type":"record"}'}
    for version in ("1", "latest"):
        assert running.call("GET", f"/subjects/{subject}/versions/{version}").json == told
    assert running.call("GET", "/schemas/ids/7").json == {"schema": '{"type":"record"}'}
    for path, code in (
        ("/subjects/other/versions", 40401),
        (f"/subjects/{subject}/versions/9", 40402),
        ("/schemas/ids/8", 40403),
        ("/schemas/ids/x", 40403),
    ):
        answer = running.call("GET", path)
        assert (answer.status, answer.json["error_code"]) == (404, code)


def test_a_project_is_created_and_decided_when_kafka_has_it(running: Any, world: Any) -> None:
    answer = running.post("/v1/projects", NEW, key="operator-key")
    assert answer.status == 202
    project = answer.json["id"]
    assert answer.headers["location"] == f"/v1/projects/{project}"
    assert world.projects.created[0].participants[1].classes == ("aaf-montpellier/43$6A",)
    decision = {"uai": "0119010J", "decision": "AUTHORISED", "by": "PRINCIPAL"}
    path = f"/v1/projects/{project}/decisions"
    assert running.post(path, decision, key="operator-key").status == 202
    assert [record.value() for record in running.read(2)] == [b"created", b"AUTHORISED"]
    unknown = running.post("/v1/projects/none/decisions", decision, key="operator-key")
    assert (unknown.status, unknown.json["code"]) == (404, "PROJECT_UNKNOWN")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"from": "12/10/2026"}, "from"),
        ({"until": "2026-01-01"}, "until"),
        ({"participants": []}, "participants"),
        ({"convention": {"reference": "C-7"}}, "convention"),
        ({"participants": [{"uai": "<b>", "instance": "x", "classes": ["y"]}] * 2}, "uai"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_project_in_a_wrong_form_is_refused(
    running: Any, change: dict[str, object], field: str
) -> None:
    answer = running.post("/v1/projects", {**NEW, **change}, key="operator-key")
    assert (answer.status, answer.json["code"]) == (422, "PROJECT_FORM")
    assert field in str(answer.json)


def test_a_project_reads_as_its_page_does(running: Any, world: Any) -> None:
    project = world.projects.page_shown.id
    answer = running.call("GET", f"/v1/projects/{project}", Authorization="Bearer operator-key")
    assert answer.json["establishments"][3]["name"] == "Collège des Trois-Ponts"
    assert answer.json["answers"][4]["reason"] == "NO_ACCOUNT"


def test_an_unforeseen_error_says_nothing_of_what_it_met(
    running: Any, world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_new: object) -> None:
        raise ValueError("DELPRAT Maëlys")

    monkeypatch.setattr(world.projects, "create", broken)
    answer = running.post("/v1/projects", NEW, key="operator-key")
    assert (answer.status, answer.json["code"]) == (500, "INTERNAL")
    assert b"DELPRAT" not in answer.body
    told = capsys.readouterr()
    assert "DELPRAT" not in told.out + told.err


def test_the_contract_of_the_api_is_published(running: Any) -> None:
    said = running.call("GET", "/openapi.json").json
    assert {"/v1/events", "/v1/intake/{instance}", "/v1/projects"} <= set(said["paths"])
