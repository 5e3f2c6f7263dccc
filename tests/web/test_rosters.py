"""The roster service answers the usual queries of any OneRoster client, over real HTTP."""

from __future__ import annotations

import dataclasses
import json
import urllib.error
from typing import Any

import pytest

from preau.clock import SetClock
from preau.outlets.directory import Account, Belongs, School
from preau.store.api_keys import key_id
from preau.web.access_tokens import CORE, FULL
from tests.outlets.oneroster.directories import ECOLE, LIMOUX, OCTOBER
from tests.web.consumers import FORM, SECRET, Rosters
from tests.web.roster_client import RosterClient

pytestmark = pytest.mark.kafka
ROOT = "/ims/oneroster/rostering/v1p2"


@pytest.fixture
def client(service: Any) -> RosterClient:
    return RosterClient(f"http://127.0.0.1:{service.port}", "reader", SECRET)


def token(service: Any, scope: str = FULL, secret: str = SECRET, client: str = "reader") -> str:
    said = f"grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={scope}"
    answer = service.call("POST", "/token", said.encode(), Content_Type=FORM)
    return str(answer.json["access_token"])


def call(service: Any, path: str, bearer: str) -> Any:
    return service.call("GET", ROOT + path, Authorization=f"Bearer {bearer}")


def minor(answer: Any) -> str:
    (field,) = answer.json["imsx_CodeMinor"]["imsx_codeMinorField"]
    return str(field["imsx_codeMinorFieldValue"])


@pytest.mark.parametrize(
    ("path", "name", "count"),
    [
        ("orgs", "orgs", 3),
        ("schools", "orgs", 2),
        ("users", "users", 3),
        ("students", "users", 2),
        ("teachers", "users", 1),
        ("courses", "courses", 1),
        ("classes", "classes", 2),
        ("enrollments", "enrollments", 4),
        ("academicSessions", "academicSessions", 2),
        ("terms", "academicSessions", 1),
        ("gradingPeriods", "academicSessions", 0),
    ],
)
def test_every_collection_is_there_and_each_of_its_entities_by_its_id(
    client: RosterClient, path: str, name: str, count: int
) -> None:
    body, headers = client.get(path)
    assert len(body[name]) == count == int(headers["X-Total-Count"])
    assert headers["Cache-Control"] == "no-store"
    for each in body[name]:
        ((_, one),) = client.get(f"{path}/{each['sourcedId']}")[0].items()
        assert one == each


def test_nested_collections_lead_from_schools_to_people_and_back(client: RosterClient) -> None:
    (school,) = client.every("schools", filter=f"identifier='{ECOLE.uai}'")
    at = f"schools/{school['sourcedId']}"
    (of,) = client.every(f"{at}/classes")
    assert [each["sourcedId"] for each in client.every(f"{at}/students")] == ["ana2"]
    assert [each["sourcedId"] for each in client.every(f"{at}/teachers")] == ["mme4"]
    assert len(list(client.every(f"{at}/enrollments"))) == 2
    assert len(list(client.every(f"{at}/courses"))) == len(list(client.every(f"{at}/terms"))) == 1
    for inside in (f"classes/{of['sourcedId']}", f"{at}/classes/{of['sourcedId']}"):
        assert [each["givenName"] for each in client.every(f"{inside}/students")] == ["Anaïs"]
        assert [each["sourcedId"] for each in client.every(f"{inside}/teachers")] == ["mme4"]
    assert len(list(client.every(f"{at}/classes/{of['sourcedId']}/enrollments"))) == 2
    assert len(list(client.every("teachers/mme4/classes"))) == 2
    assert len(list(client.every("users/mme4/classes"))) == 2
    assert len(list(client.every("students/ana2/classes"))) == 1
    assert len(list(client.every(f"courses/{of['course']['sourcedId']}/classes"))) == 2
    (term,) = client.every("terms")
    assert len(list(client.every(f"terms/{term['sourcedId']}/classes"))) == 2
    assert list(client.every(f"terms/{term['sourcedId']}/gradingPeriods")) == []


def test_references_lead_to_what_they_name(client: RosterClient) -> None:
    for enrollment in client.every("enrollments"):
        for name in ("user", "class", "school"):
            ((_, found),) = client.get(enrollment[name]["href"])[0].items()
            assert found["sourcedId"] == enrollment[name]["sourcedId"]


def test_a_client_that_follows_links_sees_everybody_once(
    client: RosterClient, rosters: Rosters
) -> None:
    many = tuple(
        Account(f"p{number:03}", "PUPIL", (ECOLE.uai,), "Ferrandi", "Zoé") for number in range(23)
    )
    rosters.held["reader"] = LIMOUX._replace(accounts=many)
    found = [e["sourcedId"] for e in client.every("users", limit="5", sort="familyName")]
    assert found == [each.id for each in many]
    _, headers = client.get("users", limit="5", offset="10", filter="roles.role='x'")
    assert "Link" not in headers
    _, headers = client.get("users", limit="5", offset="10")
    rels = {part.rpartition("rel=")[2].strip('"') for part in headers["Link"].split(", ")}
    assert rels == {"first", "prev", "next", "last"}


def test_a_client_that_asks_for_changes_learns_who_left(
    client: RosterClient, rosters: Rosters
) -> None:
    held = {each["sourcedId"] for each in client.every("users")}
    last = max(each["dateLastModified"] for each in client.every("users"))
    rosters.now += 60_000
    rosters.held["reader"] = LIMOUX._replace(
        accounts=(*LIMOUX.accounts[1:], Account("new7", "PUPIL", (ECOLE.uai,), "Laforge", "Zoé")),
        belongs=(*LIMOUX.belongs[1:], Belongs("g-ecole", "new7", "PUPIL")),
    )
    for each in client.every("users", filter=f"dateLastModified>'{last}'", limit="1"):
        (held.add if each["status"] == "active" else held.discard)(each["sourcedId"])
    assert held == {each["sourcedId"] for each in client.every("users")}
    gone, _ = client.get("users/ana2")
    assert (gone["user"]["status"], gone["user"]["familyName"]) == ("tobedeleted", "")
    (left,) = client.every(
        "enrollments", filter=f"status='tobedeleted' AND dateLastModified>'{last}'"
    )
    assert left["user"]["sourcedId"] == "ana2"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/users?filter=colour%3D'vermilion'", 400, "invalid_filter_field"),
        ("/users?filter=familyName", 400, "invalid_filter_field"),
        ("/users?fields=colour", 400, "invalid_selection_field"),
        ("/users/ana2?fields=colour", 400, "invalid_selection_field"),
        ("/users?sort=colour", 400, "invalid_sort_field"),
        ("/users?limit=0", 400, "invaliddata"),
        ("/users/nobody", 404, "unknownobject"),
        ("/teachers/ana2", 404, "unknownobject"),
        ("/classes/none/students", 404, "unknownobject"),
        ("/demographics", 404, "unknownobject"),
        ("/users/ana2/secrets", 404, "unknownobject"),
        ("/", 404, "unknownobject"),
    ],
)
def test_errors_are_status_infos_and_repeat_nothing(
    service: Any, path: str, status: int, code: str
) -> None:
    answer = call(service, path, token(service))
    assert (answer.status, minor(answer)) == (status, code)
    assert answer.json["imsx_codeMajor"] == "failure"
    assert "vermilion" not in answer.json["imsx_description"]


@pytest.mark.parametrize("bearer", ["", "x", "x.y", SECRET, "é.é"])
def test_who_has_no_token_is_told_nothing(service: Any, bearer: str) -> None:
    answer = service.call("GET", f"{ROOT}/users", Authorization=f"Bearer {bearer}".encode())
    assert (answer.status, minor(answer)) == (401, "unauthorisedrequest")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_lasts_an_hour_and_no_longer_than_its_key(
    service: Any, rosters: Rosters, clock: SetClock
) -> None:
    held = token(service)
    assert call(service, "/users", held).status == 200
    clock.advance(3_600_000)
    assert call(service, "/users", held).status == 401
    fresh = token(service)
    del rosters.keys[key_id(SECRET)]
    assert call(service, "/users", fresh).status == 401


def test_the_core_scope_opens_collections_and_not_what_is_nested(service: Any) -> None:
    held = token(service, CORE)
    assert call(service, "/users", held).status == 200
    answer = call(service, "/classes/g-ecole/students", held)
    assert (answer.status, minor(answer)) == (403, "forbidden")


def test_one_consumer_never_sees_another_s_roster(service: Any, rosters: Rosters) -> None:
    other = School("0150001A", "École", "first")
    rosters.held["other"] = LIMOUX._replace(schools=(other,), accounts=(), groups=(), belongs=())
    held = token(service, secret="other", client="other")
    names = {each["name"] for each in call(service, "/schools", held).json["orgs"]}
    assert names == {"École"}
    assert call(service, "/users/ana2", held).status == 404
    del rosters.held["other"]
    answer = call(service, "/users", held)
    assert (answer.status, minor(answer)) == (403, "forbidden")


def test_nothing_is_written_to_the_service(service: Any) -> None:
    answer = service.call("POST", f"{ROOT}/users", b"{}", Authorization=f"Bearer {token(service)}")
    assert (answer.status, answer.json["imsx_codeMajor"]) == (405, "unsupported")


def test_addresses_follow_the_proxy_and_no_hostile_host(service: Any) -> None:
    held = f"Bearer {token(service)}"
    told = service.call(
        "GET", f"{ROOT}/classes", Authorization=held, Host="hub.example", X_Forwarded_Proto="https"
    ).json
    assert told["classes"][0]["school"]["href"].startswith(f"https://hub.example{ROOT}/orgs/")
    odd = service.call("GET", f"{ROOT}/classes", Authorization=held, Host="a>;b").json
    assert odd["classes"][0]["school"]["href"].startswith(f"http://localhost{ROOT}/orgs/")


def test_a_consumer_that_asks_too_often_is_told_to_wait(
    world: Any, serve: Any, rosters: Rosters
) -> None:
    hub = dataclasses.replace(world.hub, clock=SetClock(OCTOBER))
    with serve(world._replace(hub=hub), rosters=rosters, rate=1.0, burst=3) as app:
        held = token(app)
        answers = [call(app, "/orgs", held) for _ in range(4)]
        assert [each.status for each in answers] == [200, 200, 429, 429]
        assert minor(answers[-1]) == "server_busy"


def test_no_name_is_logged(service: Any, capsys: pytest.CaptureFixture[str]) -> None:
    held = token(service)
    call(service, "/users", held)
    call(service, "/users?filter=familyName%3D'Ferrandi'&sort=Vasseur", held)
    said = "".join(capsys.readouterr())
    assert "Ferrandi" not in said
    assert "Vasseur" not in said
    with pytest.raises(urllib.error.HTTPError):
        RosterClient(f"http://127.0.0.1:{service.port}", "reader", "wrong")
    assert json.dumps(SECRET) not in said
