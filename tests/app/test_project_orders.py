"""Orders on projects by HTTP and by command: what is done, what is refused, what is repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from preau.app.hub_topics import ensure_hub_topics
from preau.store import audit, said
from tests.app.house import TwoDoors, two_doors
from tests.app.orders import DOORS, ByCommand, ByHttp
from tests.app.schools import COLLEGE, ECOLE, fill, known_class

pytestmark = pytest.mark.kafka
Door = ByHttp | ByCommand
LATE = "0119002A"
PEOPLE = [
    {"uai": ECOLE, "instance": "ent-ecole", "classes": ["5121"]},
    {"uai": COLLEGE, "instance": "mon-ent", "classes": ["aaf/43$6A"]},
]
NEW = {
    "title": "Défi lecture",
    "purpose": "PROJET_PEDAGOGIQUE",
    "from": "2026-10-12",
    "until": "2027-07-02",
    "participants": PEOPLE,
}
GROUP = {"title": "Les plus jeunes", "participants": PEOPLE[:1]}
MORE = {"uai": LATE, "instance": "ent-ecole", "classes": ["5130"]}
LEAVING = {"uai": LATE, "until": "2027-06-30"}
RENEWAL = {"until": "2028-07-07"}
DECISIONS = [
    {"uai": ECOLE, "decision": "TRANSMITTED", "by": "DIRECTOR"},
    {"uai": ECOLE, "decision": "AUTHORISED", "by": "DASEN"},
    {"uai": COLLEGE, "decision": "AUTHORISED", "by": "PRINCIPAL"},
]
ORDERS: list[tuple[str, dict[str, Any]]] = [
    *(("decide", each) for each in DECISIONS),
    ("join", MORE),
    ("group", GROUP),
    ("leaving", LEAVING),
    ("renew", RENEWAL),
    ("close", {}),
]


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory, kafka: str, hub_database: Callable[[], str]
) -> Iterator[TwoDoors]:
    with two_doors(tmp_path_factory.mktemp("hub"), kafka, hub_database()) as both:
        ensure_hub_topics(both.control, kafka)
        fill(both.control.engine)
        with both.control.engine.begin() as connection:
            said.put(connection, [known_class("ent-ecole/5130", LATE)])
        yield both


@pytest.fixture(params=DOORS, ids=["http", "command"])
def door(request: pytest.FixtureRequest, hub: TwoDoors, tmp_path: Path) -> Door:
    made: Door = request.param(hub, tmp_path)
    return made


def acts(hub: TwoDoors) -> list[tuple[str, str]]:
    with hub.control.engine.connect() as connection:
        return [(each.act, each.object) for each in audit.entries(connection)]


def state(hub: TwoDoors, project: str) -> str:
    return str(hub.http("GET", f"/v1/projects/{project}").json["state"])


def test_a_whole_life_each_order_once_and_then_again(door: Door, hub: TwoDoors) -> None:
    made, code = door.new(NEW)
    assert (code, state(hub, made)) == ("", "DRAFT")
    for name, body in ORDERS:
        count = len(acts(hub))
        first = door.order(name, made, body)
        assert first[1] == ""
        assert len(acts(hub)) == count + 1
        if not (name == "decide" and body["decision"] == "TRANSMITTED"):
            assert door.order(name, made, body) == first
        assert len(acts(hub)) == count + 1
    assert state(hub, made) == "CLOSED"
    assert [act for act, object_ in acts(hub) if object_ == made] == [
        *("project.created", "project.decided", "project.decided", "project.decided"),
        *("project.joined", "project.branched"),
        *("project.leaving", "project.renewed", "project.closed"),
    ]


def test_of_an_unknown_project_no_order_is_taken(door: Door, hub: TwoDoors) -> None:
    before = acts(hub)
    for name, body in ORDERS:
        assert door.order(name, "none", body) == ("", "PROJECT_UNKNOWN")
    assert acts(hub) == before


def test_a_closed_project_takes_no_other_order(door: Door, hub: TwoDoors) -> None:
    made, _ = door.new(NEW)
    door.order("close", made, {})
    before = acts(hub)
    for name, body in ORDERS[:-1]:
        assert door.order(name, made, body) == ("", "PROJECT_CLOSED")
    assert acts(hub) == before


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("decide", {**DECISIONS[2], "by": "TEACHER"}, "ROLE_REFUSED"),
    ("decide", {**DECISIONS[2], "by": "DASEN"}, "ROLE_REFUSED"),
    ("decide", {**DECISIONS[0], "decision": "AUTHORISED"}, "DECISION_REFUSED"),
    ("decide", DECISIONS[1], "NOT_TRANSMITTED"),
    ("decide", {**DECISIONS[2], "uai": LATE}, "NOT_INVITED"),
    ("join", {**MORE, "classes": ["9999"]}, "CLASS_UNKNOWN"),
    ("join", {**MORE, "instance": "none"}, "INSTANCE_UNKNOWN"),
    ("join", {**MORE, "classes": []}, "NOBODY_INVITED"),
    ("group", {"title": "Autres", "participants": [MORE]}, "BRANCH_OUTSIDE"),
    ("leaving", {"uai": LATE, "until": "2027-06-30"}, "NOT_INVITED"),
    ("leaving", {"uai": ECOLE, "until": "2027-07-03"}, "LEAVING_DAY"),
    ("leaving", {"uai": ECOLE, "until": "2026-10-11"}, "LEAVING_DAY"),
    ("leaving", {"uai": ECOLE, "until": "2027-02-30"}, "PROJECT_FORM"),
    ("renew", {"until": "2027-07-01"}, "RENEWAL_DAY"),
    ("renew", {"until": "demain"}, "PROJECT_FORM"),
    ("renew", {"until": "2027-02-30"}, "PROJECT_FORM"),
]


@pytest.fixture
def draft(door: Door) -> str:
    made, _ = door.new(NEW)
    return made


@pytest.mark.parametrize(("name", "body", "code"), REFUSED)
def test_what_may_not_be_is_refused_by_both_in_one_word(
    door: Door, hub: TwoDoors, draft: str, name: str, body: dict[str, Any], code: str
) -> None:
    before = acts(hub)
    assert door.order(name, draft, body) == ("", code)
    assert acts(hub) == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "JSON_BROKEN"),
        (b"[]", "PROJECT_FORM"),
        (b'{"title": 3}', "PROJECT_FORM"),
        (b'{"colour": "red"}', "PROJECT_FORM"),
        (b'{"uai": "11", "instance": "ent-ecole"}', "PROJECT_FORM"),
    ],
)
def test_what_is_not_in_its_form_is_refused(
    door: Door, hub: TwoDoors, draft: str, body: bytes, code: str
) -> None:
    before = acts(hub)
    assert door.new(body) == ("", code)
    for name in ("join", "group"):
        assert door.order(name, draft, body) == ("", code)
    assert acts(hub) == before


GRANT = ["mon-ent", "receive", "--uai", COLLEGE, "--purpose", "LIAISON_CM2_6E"]
GRANT += ["--basis", "C-7", "--by", "PRINCIPAL"]
MANDATE = {
    "establishment": COLLEGE,
    "instance": "mon-ent",
    "direction": "RECEIVE",
    "purpose": "LIAISON_CM2_6E",
    "legal_basis": "C-7",
    "granted_by": "PRINCIPAL",
}


def test_a_mandate_given_by_one_door_is_the_others_too(hub: TwoDoors) -> None:
    given = hub.http("POST", "/v1/mandates", MANDATE)
    id_ = given.json["id"]
    before = acts(hub)
    assert (given.status, hub.preau("mandate", "grant", *GRANT)) == (201, (f"{id_}\n", ""))
    assert acts(hub) == before
    assert hub.preau("mandate", "revoke", id_) == (f"{id_} is revoked\n", "")
    again = hub.http("POST", f"/v1/mandates/{id_}/revoke", {})
    assert (again.status, again.json["id"]) == (200, id_)
    assert acts(hub) == [*before, ("mandate.revoked", id_)]
    unknown = hub.http("POST", "/v1/mandates/none/revoke", {})
    assert (unknown.status, unknown.json["code"]) == (404, "MANDATE_UNKNOWN")
    assert hub.preau("mandate", "revoke", "none")[1] == "MANDATE_UNKNOWN"


def test_a_sector_is_declared_once(hub: TwoDoors) -> None:
    sector = {"college": "0119020V", "ecoles": ["0119021W", "0119022X"]}
    count = len(acts(hub))
    assert hub.http("PUT", "/v1/sectors", sector).json == {"college": "0119020V", "ecoles": 2}
    told = hub.preau("sector", "set", "0119020V", "0119022X", "0119021W")
    assert told == ("0119020V: 2 écoles\n", "")
    assert acts(hub)[count:] == [("sector.declared", "0119020V")]
    assert hub.preau("sector", "set", "0119020V", "11")[1] == "SECTOR_UAI"
    wrong = hub.http("PUT", "/v1/sectors", {"college": "11", "ecoles": []})
    assert (wrong.status, wrong.json["code"]) == (422, "PROJECT_FORM")
    assert len(acts(hub)) == count + 1


def test_a_new_project_sent_again_with_its_key_is_the_same_one(door: Door, hub: TwoDoors) -> None:
    key = f"8e03978e-40d5-43dd-bc93-{type(door).__name__}"
    made, code = door.new(NEW, key)
    count = len(acts(hub))
    turned = dict(reversed(NEW.items()))
    assert code == ""
    assert door.new(NEW, key) == door.new(turned, f'"{key}"') == (made, "")
    assert len(acts(hub)) == count
    assert door.new({**NEW, "title": "Autre"}, key) == ("", "IDEMPOTENCY_OTHER")
    assert door.new(NEW, f"{key}-2")[0] not in ("", made)
    assert door.new(NEW)[0] not in ("", made)


@pytest.mark.parametrize("key", ["deux mots", 'un"deux', "un\\deux", "x" * 256])
def test_what_is_no_key_is_refused(door: Door, hub: TwoDoors, key: str) -> None:
    count = len(acts(hub))
    assert door.new(NEW, key) == ("", "IDEMPOTENCY_KEY")
    assert len(acts(hub)) == count


def test_a_key_is_its_callers_own(hub: TwoDoors, tmp_path: Path) -> None:
    made = {each(hub, tmp_path).new(NEW, "of-both")[0] for each in DOORS}
    assert len(made - {""}) == 2


def test_a_key_whose_project_was_refused_is_free_again(door: Door) -> None:
    key = f"refused-{type(door).__name__}"
    assert door.new({**NEW, "purpose": "AUTRE"}, key)[1] != ""
    assert door.new(NEW, key)[1] == ""
