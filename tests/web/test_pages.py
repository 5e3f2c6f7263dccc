"""The French pages as text: who may see them, what they say, what they never load."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.outlets.reasons import REASONS
from preau.web import french
from preau.web.sessions import COOKIE


@pytest.fixture
def cookie(running: Any) -> str:
    answer = running.call("GET", "/projets?cle=operator-key")
    assert answer.status == 200
    return str(answer.headers["set-cookie"])


@pytest.mark.kafka
def test_the_key_of_the_address_becomes_a_cookie_that_is_not_the_key(cookie: str) -> None:
    assert cookie.startswith(f"{COOKIE}=")
    assert "operator-key" not in cookie
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.kafka
def test_a_page_is_seen_with_the_cookie_only(running: Any, world: Any, cookie: str) -> None:
    path = f"/projets/{world.projects.page_shown.id}"
    assert running.call("GET", path).status == 401
    assert running.call("GET", f"{path}?cle=school-key").status == 401
    seen = running.call("GET", path, Cookie=cookie.partition(";")[0])
    assert seen.status == 200
    assert "operator-key" not in seen.body.decode()
    world.keys.gone.add("operator-key")
    while running.call("GET", path, Cookie=cookie.partition(";")[0]).status == 200:
        pass  # the key is revoked: the page closes within a second


@pytest.mark.kafka
def test_the_page_says_each_answer_in_words_and_loads_nothing_from_elsewhere(
    running: Any, world: Any, cookie: str
) -> None:
    path = f"/projets/{world.projects.page_shown.id}"
    answer = running.call("GET", path, Cookie=cookie.partition(";")[0])
    text = answer.body.decode()
    for word in (
        *("appliqué", "transmis", "refusé", "en attente"),
        "Cet élève n&#39;a pas encore de compte dans l&#39;ENT.",
        "lundi 12 octobre 2026 à 10\u00a0h\u00a030",
        "Les heures sont celles de Paris.",
        "du 12 octobre 2026 au 2 juillet 2027",
        "École de la Blanquette",
    ):
        assert word in text
    assert "http" not in re.sub(r"http-equiv", "", text)
    assert "<script" not in text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.kafka
def test_a_title_is_text_never_html(running: Any, world: Any, cookie: str) -> None:
    shown = world.projects.page_shown
    world.projects.page_shown = shown._replace(title="<script>alert(1)</script>{{ 7*7 }}")
    answer = running.call("GET", f"/projets/{shown.id}", Cookie=cookie.partition(";")[0])
    assert b"<script" not in answer.body
    assert b"{{ 7*7 }}" in answer.body


@pytest.mark.kafka
def test_a_school_that_is_cut_is_told_since_when(running: Any, world: Any, cookie: str) -> None:
    shown = world.projects.page_shown
    first, *others = shown.establishments
    there = (first._replace(cut=1_791_793_800_000), *others)
    world.projects.page_shown = shown._replace(establishments=there)
    page = running.call("GET", f"/projets/{shown.id}", Cookie=cookie.partition(";")[0])
    assert page.body.decode().count("Coupé par l'exploitant depuis le") == 1


@pytest.mark.kafka
def test_a_school_that_leaves_is_told_its_last_day(running: Any, world: Any, cookie: str) -> None:
    shown = world.projects.page_shown
    first, *others = shown.establishments
    there = (first._replace(until="2027-06-30"), *others)
    world.projects.page_shown = shown._replace(establishments=there)
    page = running.call("GET", f"/projets/{shown.id}", Cookie=cookie.partition(";")[0])
    assert page.body.decode().count("Dernier jour dans le projet : 30 juin 2027.") == 1


@pytest.mark.kafka
def test_a_school_that_changed_its_ent_is_told_when_and_which_it_had(
    running: Any, world: Any, cookie: str
) -> None:
    shown = world.projects.page_shown
    first, *others = shown.establishments
    there = (first._replace(former="netecole-cantal", moved=1_791_793_800_000), *others)
    world.projects.page_shown = shown._replace(establishments=there)
    page = running.call("GET", f"/projets/{shown.id}", Cookie=cookie.partition(";")[0])
    text = page.body.decode()
    assert text.count("A changé d'ENT le <time") == 1
    assert text.count("(avant : netecole-cantal)") == 1


@pytest.mark.kafka
def test_a_college_is_told_how_many_came_with_their_rights(
    running: Any, world: Any, cookie: str
) -> None:
    shown = world.projects.page_shown
    first, second, *others = shown.establishments
    there = (first._replace(followers=1), second._replace(followers=12), *others)
    world.projects.page_shown = shown._replace(establishments=there)
    page = running.call("GET", f"/projets/{shown.id}", Cookie=cookie.partition(";")[0])
    text = page.body.decode()
    assert text.count("1 élève venu d’une école du projet garde ici ses droits.") == 1
    assert text.count("12 élèves venus d’une école du projet gardent ici leurs droits.") == 1


@pytest.mark.kafka
def test_what_an_ent_says_otherwise_than_the_state_is_shown_as_advice(
    running: Any, world: Any, cookie: str
) -> None:
    path = f"/projets/{world.projects.page_shown.id}"
    text = running.call("GET", path, Cookie=cookie.partition(";")[0]).body.decode()
    assert "Les fichiers de l'État font foi" in text
    assert "disent CM1 pour 2 élèves." in text


@pytest.mark.kafka
def test_an_empty_project_says_what_will_come(running: Any, world: Any, cookie: str) -> None:
    shown = world.projects.page_shown
    world.projects.page_shown = shown._replace(establishments=(), documents=(), answers=())
    text = running.call(
        "GET", f"/projets/{shown.id}", Cookie=cookie.partition(";")[0]
    ).body.decode()
    assert "Rien n'a encore été partagé" in text
    assert "<table" not in text


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/projets", 200, "Défi lecture"),
        ("/projets/none", 404, "Page introuvable"),
        ("/rien", 404, "Page introuvable"),
        ("/accessibilite", 200, "non conformes"),
    ],
)
def test_every_page_is_french_and_whole(
    running: Any, cookie: str, path: str, status: int, words: str
) -> None:
    answer = running.call("GET", path, Cookie=cookie.partition(";")[0], Accept="text/html")
    assert answer.status == status
    text = answer.body.decode()
    assert words in text
    assert '<html lang="fr">' in text
    assert "Aller au contenu" in text


@pytest.mark.kafka
def test_a_defect_of_ours_is_told_in_french(running: Any, world: Any, cookie: str) -> None:
    world.projects.page_shown = "not a page"
    path = "/projets/0199c0de-0000-7000-8000-000000000001"
    answer = running.call("GET", path, Cookie=cookie.partition(";")[0], Accept="text/html")
    assert answer.status == 500
    assert "Une erreur s'est produite" in answer.body.decode().replace("&#39;", "'")


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_is_a_french_sentence(code: str) -> None:
    told = french.reason("REFUSED", code)
    assert told[0].isupper() or told[0] == "À"
    assert told.endswith(".")
    assert code not in told


@given(st.integers(0, 4_102_444_800_000))
def test_the_clock_of_paris_is_the_databases(ms: int) -> None:
    try:
        paris = ZoneInfo("Europe/Paris")
    except KeyError:
        pytest.skip("this machine has no time zone database to compare with")
    at = dt.datetime.fromtimestamp(ms // 1000, paris)
    if at.year >= 1996:  # the rule since the directive
        assert french.moment(ms).endswith(f" à {at.hour}\u00a0h\u00a0{at.minute:02}")
        assert f" {at.year} " in french.moment(ms)
