"""The page of a project's addresses: made by a form of ours only, shown once, revoked at once."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.web.outside import MADE, Feeds
from tests.web.running import Answered, Running
from tests.web.shown import PROJECT

pytestmark = pytest.mark.kafka
WAY = f"/projets/{PROJECT}/adresses"


class Seen:
    """An operator who has the page open."""

    def __init__(self, app: Running, feeds: Feeds) -> None:
        self.app, self.feeds = app, feeds
        answer = app.call("GET", f"{WAY}?cle=operator-key")
        self.cookie = str(answer.headers["set-cookie"]).partition(";")[0]
        self.token = re.findall(r'name="jeton" value="(\w+)"', self.page())[0]

    def page(self) -> str:
        answer = self.app.call("GET", WAY, Cookie=self.cookie)
        assert answer.status == 200
        return html.unescape(answer.body.decode())

    def send(self, way: str = "", **fields: str) -> Answered:
        body = urlencode({"jeton": self.token, **fields}).encode()
        return self.app.call("POST", f"{WAY}{way}", body, Cookie=self.cookie)


@pytest.fixture
def seen(world: Any, serve: Any) -> Any:
    feeds = Feeds()
    with serve(world, feeds=feeds) as app:
        yield Seen(app, feeds)


def authorised(world: Any) -> Any:
    found = [e for e in world.projects.page_shown.establishments if e.decision == "AUTHORISED"]
    return found[0]


def test_a_button_makes_an_address_that_is_shown_once(seen: Seen, world: Any) -> None:
    school = authorised(world)
    told = seen.send(uai=school.uai)
    assert told.status == 200
    assert f"/flux/{MADE}/agenda.ics" in told.body.decode()
    assert told.headers["cache-control"] == "no-store"
    [held] = seen.feeds.held
    assert (held.project, held.uai, held.granted_by) == (PROJECT, school.uai, school.by)
    assert held.id in seen.page()
    assert MADE not in seen.page()


def test_a_button_revokes_it_and_it_stays_listed(seen: Seen, world: Any) -> None:
    seen.send(uai=authorised(world).uai)
    [held] = seen.feeds.held
    told = seen.send("/revocation", adresse=held.id)
    assert (told.status, told.headers["location"]) == (303, WAY)
    assert "Révoquer l'adresse" not in seen.page()
    assert held.id in seen.page()


def test_only_a_school_that_authorised_has_a_button(seen: Seen, world: Any) -> None:
    for each in world.projects.page_shown.establishments:
        there = f'name="uai" value="{each.uai}"' in seen.page()
        assert there is (each.decision == "AUTHORISED")


def test_a_form_of_another_page_changes_nothing(seen: Seen, world: Any) -> None:
    uai = authorised(world).uai
    for token in ("", "0" * 64, "é"):
        seen.token = token
        assert seen.send(uai=uai).json["code"] == "FORM_STRANGE"
        assert seen.send("/revocation", adresse="x").status == 403
    assert seen.feeds.held == []


def test_nobody_sees_the_page_without_a_key(seen: Seen) -> None:
    assert seen.app.call("GET", WAY).status == 401
    other = WAY.replace(PROJECT, "nowhere")
    assert seen.app.call("GET", other, Cookie=seen.cookie).status == 404
    told = seen.app.call(
        "POST", other, urlencode({"jeton": seen.token}).encode(), Cookie=seen.cookie
    )
    assert told.status == 404


def test_the_page_of_the_project_leads_there(seen: Seen) -> None:
    page = seen.app.call("GET", f"/projets/{PROJECT}", Cookie=seen.cookie).body.decode()
    assert f'href="{WAY}"' in page
