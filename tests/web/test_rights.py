"""The rights of people over HTTP: for operators only, told by role, every order in one place."""

from __future__ import annotations

import pytest

from tests.web.conftest import World
from tests.web.people import Rights
from tests.web.running import Answered, Running

pytestmark = pytest.mark.kafka
OPERATOR = "operator-key"
ERASE = {"people": ["ent-ecole/1", "ent-ecole/2"], "by": "DPO", "keep_out": True}


def get(running: Running, path: str, key: str = OPERATOR) -> Answered:
    return running.call("GET", path, Authorization=f"Bearer {key}")


def orders(world: World) -> list[tuple[object, ...]]:
    assert isinstance(world.hub.rights, Rights)
    return world.hub.rights.orders


def test_an_erasure_is_taken_and_its_state_told(world: World, running: Running) -> None:
    taken = running.post("/v1/persons/erasures", ERASE, key=OPERATOR)
    assert (taken.status, taken.json) == (202, {"erasures": ["erasure-1"]})
    assert orders(world) == [("ent-ecole/1", "ent-ecole/2", "DPO", "key:operate", True)]
    assert get(running, "/v1/persons/erasures/erasure-1").json["state"] == "DONE"
    unknown = get(running, "/v1/persons/erasures/none")
    assert (unknown.status, unknown.json["code"]) == (404, "ERASURE_UNKNOWN")


def test_the_last_erasures_are_listed_and_an_account_is_let_in_again(
    world: World, running: Running
) -> None:
    (listed,) = get(running, "/v1/persons/erasures").json["erasures"]
    assert listed["id"] == "erasure-1"
    for account, heard in (("ent-ecole/1", True), ("ent-ecole/2", False)):
        done = running.post("/v1/persons/let-in", {"account": account}, key=OPERATOR)
        assert (done.status, done.json) == (200, {"let_in": heard})
    assert orders(world) == [("ent-ecole/1", "key:operate"), ("ent-ecole/2", "key:operate")]
    wrong = running.post("/v1/persons/let-in", {"person": "x"}, key=OPERATOR)
    assert (wrong.status, wrong.json["code"]) == (422, "RIGHTS_FORM")


def test_an_export_is_kept_by_no_cache(world: World, running: Running) -> None:
    said = {"person": "ent-ecole/1", "by": "DPO"}
    made = running.post("/v1/persons/export", said, key=OPERATOR)
    assert (made.status, made.json) == (200, {"comptes": []})
    assert made.headers["cache-control"] == "no-store"
    assert orders(world) == [("ent-ecole/1", "DPO", "key:operate")]


def test_a_breach_is_asked_by_days_or_hours_and_the_register_at_any_time(
    world: World, running: Running
) -> None:
    path = "/v1/breach?instance=ent-ecole&from=2026-11-24&to=2026-11-25T12:00"
    assert get(running, path).status == 200
    assert orders(world) == [("ent-ecole", 36 * 3_600_000, "key:operate")]
    wrong = get(running, "/v1/breach?instance=ent-ecole&from=hier&to=demain")
    assert (wrong.status, wrong.json["code"]) == (422, "MOMENT")
    assert get(running, "/v1/register").json == {"objet": "registre"}


@pytest.mark.parametrize(
    "body",
    [{}, {"people": [], "by": "DPO"}, {"people": ["a/1"]}, {**ERASE, "x": 1}, {"people": "a/1"}],
)
def test_a_request_without_its_form_is_refused(running: Running, body: dict[str, object]) -> None:
    refused = running.post("/v1/persons/erasures", body, key=OPERATOR)
    assert (refused.status, refused.json["code"]) == (422, "RIGHTS_FORM")


@pytest.mark.parametrize("path", ["/v1/persons/erasures/erasure-1", "/v1/breach", "/v1/register"])
def test_a_vendors_key_opens_none_of_it(running: Running, path: str) -> None:
    assert get(running, path, "school-key").status == 403
    assert running.post("/v1/persons/erasures", ERASE, key="school-key").status == 403
