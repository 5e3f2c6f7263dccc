"""The imports that wait for a person: seen and decided by the operator, from our page only."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from preau.web import import_words
from preau.web.page_forms import TOKEN
from tests.web.shown import an_import

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def cookie(running: Any) -> str:
    answer = running.call("GET", "/imports?cle=operator-key")
    assert answer.status == 200
    return str(answer.headers["set-cookie"]).partition(";")[0]


def page(running: Any, cookie: str) -> str:
    answer = running.call("GET", "/imports", Cookie=cookie)
    assert answer.status == 200
    return str(answer.body.decode())


def send(running: Any, path: str, token: str, **headers: str) -> Any:
    body = urlencode({TOKEN: token}).encode()
    return running.call("POST", path, body, Content_Type=FORM, Accept="text/html", **headers)


def token_of(text: str) -> str:
    return str(re.findall(rf'name="{TOKEN}" value="([0-9a-f]+)"', text)[0])


@pytest.mark.kafka
def test_the_page_is_the_operators_only(running: Any) -> None:
    assert running.call("GET", "/imports").status == 401
    assert running.call("GET", "/imports?cle=school-key").status == 401


@pytest.mark.kafka
def test_a_held_import_is_told_in_words_with_its_counts_and_its_reason(
    running: Any, cookie: str
) -> None:
    text = page(running, cookie)
    for words in (
        "retenu, attend une décision",
        "Pourquoi il est retenu",
        "3 fiches sur 20 seraient supprimées",
        "0 fiche ajoutée, 1 modifiée, 3 supprimées",
        "1 (AAF_ID 1)",
        "12 octobre 2026",
        "Confirmer",
        "Abandonner",
        "rien n'est envoyé",
    ):
        assert words in text
    assert "<script" not in text


@pytest.mark.kafka
@pytest.mark.parametrize("what", ["confirm", "drop"])
def test_a_button_decides_and_comes_back_to_the_page(
    running: Any, world: Any, cookie: str, what: str
) -> None:
    token = token_of(page(running, cookie))
    answer = send(running, f"/imports/held/{what}", token, Cookie=cookie)
    assert (answer.status, answer.headers["location"]) == (303, "/imports")
    assert world.imports.orders == [(what, "held", "key:operate")]


@pytest.mark.kafka
def test_a_form_that_our_page_did_not_send_changes_nothing(
    running: Any, world: Any, cookie: str
) -> None:
    token = token_of(page(running, cookie))
    other = running.call("GET", "/imports?cle=operator-key").headers["set-cookie"]
    for headers, given in (
        ({}, token),
        ({"Cookie": "preau_page="}, token),
        ({"Authorization": "Bearer operator-key"}, token),
        ({"Cookie": cookie}, ""),
        ({"Cookie": cookie}, "é" * 64),
        ({"Cookie": other.partition(";")[0]}, token),
    ):
        answer = send(running, "/imports/held/confirm", given, **headers)
        assert answer.status == 403
        assert "Rien n&#39;a changé" in answer.body.decode()
    assert world.imports.orders == []


@pytest.mark.kafka
def test_a_revoked_key_decides_nothing(running: Any, world: Any, cookie: str) -> None:
    token = token_of(page(running, cookie))
    world.keys.gone.add("operator-key")
    while running.call("GET", "/imports", Cookie=cookie).status == 200:
        pass  # the key is remembered for a second
    assert send(running, "/imports/held/confirm", token, Cookie=cookie).status == 403
    assert world.imports.orders == []


@pytest.mark.kafka
def test_what_nobody_waits_for_is_told_on_a_page(running: Any, world: Any, cookie: str) -> None:
    token = token_of(page(running, cookie))
    world.imports.shown.append(an_import("done", "DONE"))
    gone = send(running, "/imports/done/confirm", token, Cookie=cookie)
    assert (gone.status, "attend plus de décision" in gone.body.decode()) == (409, True)
    assert send(running, "/imports/none/drop", token, Cookie=cookie).status == 404
    assert send(running, f"/imports/{'x' * 50}/drop", "y" * 2_000, Cookie=cookie).status == 413


@pytest.mark.kafka
def test_an_import_under_way_has_no_button_and_one_interrupted_has_one(
    running: Any, world: Any, cookie: str
) -> None:
    world.imports.shown = [an_import("going", "SENDING")._replace(under_way=True)]
    text = page(running, cookie)
    assert "envoi en cours" in text
    assert "<button" not in text
    world.imports.shown = [an_import("stopped", "SENDING")._replace(trouble="KAFKA_WRITE")]
    text = page(running, cookie)
    assert text.count("<button") == 1
    assert "KAFKA_WRITE" in text


@pytest.mark.kafka
def test_what_an_instance_or_a_reason_says_is_text_never_html(
    running: Any, world: Any, cookie: str
) -> None:
    world.imports.shown = [an_import("x", "REFUSED", "<script>alert(1)</script>{{ 7*7 }}")]
    text = page(running, cookie)
    assert "<script" not in text
    assert "{{ 7*7 }}" in text


@pytest.mark.kafka
def test_the_school_of_its_own_files_is_named(running: Any, world: Any, cookie: str) -> None:
    assert "Établissement" not in page(running, cookie)
    world.imports.shown = [an_import("x", "HELD")._replace(school="0110001A")]
    assert "0110001A" in page(running, cookie)


@pytest.mark.kafka
def test_without_any_import_the_page_says_what_will_come(
    running: Any, world: Any, cookie: str
) -> None:
    world.imports.shown = []
    text = page(running, cookie)
    assert "Aucun import n'attend de décision" in text
    assert "Aucun import pour l'instant" in text


@pytest.mark.kafka
def test_the_page_sends_forms_to_this_hub_only(running: Any, cookie: str) -> None:
    policy = running.call("GET", "/imports", Cookie=cookie).headers["content-security-policy"]
    assert "form-action 'self'" in policy
    policy = running.call("GET", "/projets", Cookie=cookie).headers["content-security-policy"]
    assert "form-action 'none'" in policy


@pytest.mark.kafka
def test_the_api_says_and_decides_the_same(running: Any, world: Any) -> None:
    key = "Bearer operator-key"
    (told,) = running.call("GET", "/v1/imports", Authorization=key).json["imports"]
    assert (told["id"], told["state"], told["aside"]) == ("held", "HELD", {"AAF_ID": 1})
    assert told["categories"][0]["removed"] == 3
    done = running.post("/v1/imports/held/confirm", {}, key="operator-key")
    assert (done.status, done.json) == (202, {"id": "held"})
    assert running.post("/v1/imports/held/drop", {}, key="operator-key").status == 200
    assert world.imports.orders == [
        ("confirm", "held", "key:operate"),
        ("drop", "held", "key:operate"),
    ]
    unknown = running.post("/v1/imports/none/confirm", {}, key="operator-key")
    assert (unknown.status, unknown.json["code"]) == (404, "IMPORT_UNKNOWN")


@pytest.mark.kafka
@pytest.mark.parametrize("path", ["", "/held/confirm", "/held/drop"])
def test_the_api_is_the_operators_only(running: Any, world: Any, path: str) -> None:
    method = "POST" if path else "GET"
    for key, status in (("school-key", 403), ("unknown", 401)):
        answer = running.call(method, f"/v1/imports{path}", Authorization=f"Bearer {key}")
        assert answer.status == status
    cookie = running.call("GET", "/imports?cle=operator-key").headers["set-cookie"]
    with_cookie = running.call(method, f"/v1/imports{path}", Cookie=cookie.partition(";")[0])
    assert with_cookie.status == 401
    assert world.imports.orders == []


def test_numbers_read_as_in_french() -> None:
    assert import_words.number(1, "fiche", "fiches") == "1 fiche"
    assert import_words.number(12_000, "fiche", "fiches") == "12\u202f000 fiches"


def test_a_state_that_nobody_knows_is_told_so() -> None:
    assert import_words.state(an_import("x", "NEW")).word == "inconnu"
