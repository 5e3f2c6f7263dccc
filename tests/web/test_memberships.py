"""Names and Roles 2.0 over real HTTP: pseudonyms and roles, by a live mandate, page by page."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa

from preau.app.memberships_desk import MembershipsDesk
from preau.outlets.nrps import LIS, MEDIA_TYPE, SCOPE
from preau.store import mandates, projects, switches
from preau.store.api_keys import key_id
from preau.store.granting import directory_grants
from preau.store.projects import Place
from preau.store.switches import Order
from preau.web.access_tokens import CORE
from tests.agents.projects.conftest import GROUP, NOW, Hub, Product, Said
from tests.web.consumers import Key, Rosters
from tests.web.running import Answered, Running

pytestmark = pytest.mark.kafka
READER = "outil"
NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "GROUP_REMOVE": ("group",),
    "MEMBER_PUT": ("group", "member_kind", "local_id", "role", "establishment"),
    "MEMBER_REMOVE": ("group", "member_kind", "local_id"),
}
COLLEGE = Place("0119010J", "college", "AUTHORISED", "PRINCIPAL", NOW, ("aaf/6A",))
PLACE = COLLEGE._replace(directories=(READER,))


class Lti:
    """A project whose collège lets a tool see its people, and how that tool asks."""

    def __init__(self, hub: Hub, app: Running, rosters: Rosters) -> None:
        self.hub, self.say, self.app, self.rosters = hub, Said(), app, rosters

    def open(self, **people: str) -> None:
        """The project, with these people (`u1="PUPIL"`) in the class of the collège."""
        opened = self.hub.project(PLACE)
        with self.hub.engine.begin() as connection:
            [project] = projects.several(connection, projects.all_ids(connection))
            mandates.grant(connection, directory_grants(project, PLACE, READER, NEEDS, NOW))
        for name in people:
            self.hub.recognise(name, f"aaf/{name}")
        members = [self.say.member("aaf/6A", f"aaf/{n}", role=r) for n, r in people.items()]
        self.hub.hear(opened, self.say.group("aaf/6A"), *members)

    def ask(self, query: str = "", group: str = GROUP, key: str = "tool-key") -> Answered:
        path = f"/lti/nrps/{group}/memberships{query}"
        return self.app.call("GET", path, None, Authorization=f"Bearer {key}")

    def members(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.ask(query)
        assert answer.status == 200, answer.body
        found: list[dict[str, Any]] = answer.json["members"]
        return found


@pytest.fixture
def lti(world: Any, serve: Callable[..., Running], database: str) -> Iterator[Lti]:
    hub = Hub(database)
    hub.cards[READER] = Product("lecteur", ("PSEUDONYM",), NEEDS)
    desk = MembershipsDesk(hub.engine, hub.cards.get, hub.clock)
    world.keys.book["tool-key"] = Key(READER, ("receive",))
    world.keys.book["ent-key"] = Key("college", ("receive",))
    rosters = Rosters()
    with serve(world, memberships=desk, rosters=rosters) as app:
        yield Lti(hub, app, rosters)
    hub.engine.dispose()


def test_members_are_told_by_pseudonym_and_role_and_by_nothing_else(lti: Lti) -> None:
    lti.open(u1="PUPIL", u2="TEACHER", u3="LEADER")
    answer = lti.ask()
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["id"].endswith(f"/lti/nrps/{GROUP}/memberships")
    assert answer.json["context"] == {"id": GROUP, "title": "Défi lecture"}
    roles = {"u1": "Learner", "u2": "Instructor", "u3": "Administrator"}
    assert sorted(answer.json["members"], key=str) == sorted(
        (
            {
                "status": "Active",
                "user_id": lti.hub.pseudonym(READER, name),
                "roles": [LIS + role],
            }
            for name, role in roles.items()
        ),
        key=str,
    )
    assert "link" not in answer.headers


@pytest.mark.parametrize("role", ["Learner", quote(f"{LIS}Learner", safe="")])
def test_one_role_may_be_asked_for_by_its_word_or_its_uri(lti: Lti, role: str) -> None:
    lti.open(u1="PUPIL", u2="TEACHER")
    [only] = lti.members(f"?role={role}")
    assert only["user_id"] == lti.hub.pseudonym(READER, "u1")
    assert lti.members("?role=Mentor") == []


def test_pages_follow_one_another_until_everybody_was_told_once(lti: Lti) -> None:
    lti.open(**{f"u{n}": "PUPIL" for n in range(5)}, t="TEACHER")
    seen: list[str] = []
    query = "?limit=2&role=Learner"
    for _ in range(3):
        answer = lti.ask(query)
        seen += [each["user_id"] for each in answer.json["members"]]
        found = re.fullmatch(r'<[^>]*(\?[^>]+)>; rel="next"', answer.headers.get("link", ""))
        query = found[1] if found else ""
    assert query == ""
    assert seen == sorted(lti.hub.pseudonym(READER, f"u{n}") for n in range(5))
    assert "differences" not in str(answer.headers)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=-1", "rlid=l1", "after=%00"])
def test_a_question_that_cannot_be_answered_is_refused(lti: Lti, query: str) -> None:
    lti.open(u1="PUPIL")
    told = lti.ask(f"?{query}")
    assert (told.status, told.json["code"]) == (400, "NRPS_QUERY")


def test_without_a_live_mandate_there_is_no_such_group(lti: Lti) -> None:
    lti.open(u1="PUPIL")
    assert lti.members() != []
    with lti.hub.engine.begin() as connection:
        given = connection.execute(
            sa.text("select id from mandate where instance = :it"), {"it": READER}
        ).scalars()
        mandates.revoke(connection, set(given), NOW)
    told = lti.ask()  # though no step has worked it yet
    assert (told.status, told.json["code"]) == (404, "GROUP_UNKNOWN")


def test_who_has_left_the_class_is_not_told(lti: Lti) -> None:
    lti.open(u1="PUPIL", u2="PUPIL")
    lti.hub.hear(lti.say.member("aaf/6A", "aaf/u1", version=2, deleted=True))
    assert [each["user_id"] for each in lti.members()] == [lti.hub.pseudonym(READER, "u2")]


def test_nobody_but_a_directory_service_of_the_project_sees_members(lti: Lti, world: Any) -> None:
    lti.open(u1="PUPIL")
    other = Product("autre", ("PSEUDONYM",), NEEDS)
    lti.hub.cards["ailleurs"] = other
    world.keys.book["other-key"] = Key("ailleurs", ("receive",))
    for key in ("ent-key", "other-key"):
        assert lti.ask(key=key).json["code"] == "GROUP_UNKNOWN"
    assert lti.ask(group="nowhere").status == 404
    assert lti.ask(key="school-key").json["code"] == "KEY_SCOPE"
    assert lti.ask(key="nothing").status == 401


@pytest.mark.parametrize(
    ("kind", "target"),
    [("instance", READER), ("record", "membership"), ("uai", COLLEGE.uai)],
)
def test_what_is_cut_waits(lti: Lti, kind: str, target: str) -> None:
    lti.open(u1="PUPIL")
    with lti.hub.engine.begin() as connection:
        switches.cut(connection, Order(kind, target), "operator", NOW)
    told = lti.ask()
    assert (told.status, told.json["code"]) == (503, "CUT_NOW")


def test_a_field_that_no_card_lists_is_not_told(lti: Lti) -> None:
    needs = {**NEEDS, "MEMBER_PUT": ("group", "member_kind", "local_id"), "GROUP_PUT": ("group",)}
    lti.hub.cards[READER] = Product("lecteur", ("PSEUDONYM",), needs)
    lti.open(u1="PUPIL")
    assert lti.ask().json["context"] == {"id": GROUP, "title": ""}
    assert lti.members()[0]["roles"] == []


def token(lti: Lti, scope: str) -> str:
    """What `POST /token` gives the tool for this scope."""
    basic = base64.b64encode(f"{READER}:tool-key".encode()).decode()
    body = urlencode({"grant_type": "client_credentials", "scope": scope}).encode()
    kind = "application/x-www-form-urlencoded"
    told = lti.app.call("POST", "/token", body, Authorization=f"Basic {basic}", Content_Type=kind)
    assert told.status == 200, told.body
    assert told.json["scope"] == scope
    return str(told.json["access_token"])


def test_an_access_token_of_its_scope_opens_it_while_its_key_works(lti: Lti) -> None:
    lti.open(u1="PUPIL")
    keys = lti.rosters.keys
    keys[key_id("tool-key")] = Key(READER, ("receive",))
    good, other = token(lti, SCOPE), token(lti, CORE)
    assert lti.ask(key=good).json == lti.ask().json
    refused = lti.ask(key=other)
    assert (refused.status, refused.json["code"]) == (403, "TOKEN_SCOPE")
    del keys[key_id("tool-key")]
    gone = lti.ask(key=good)
    assert (gone.status, gone.json["code"]) == (401, "TOKEN_REFUSED")
