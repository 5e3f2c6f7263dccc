"""Homework, notices and dates as a page to read, for an ENT that has no place for them."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from preau.errors import FixTheFolder, Place
from preau.outlets.operation import parse_operation
from preau.outlets.text_page import text_page
from preau.store.circles import Circle
from tests.outlets.sending import NEEDS
from tests.outlets.test_link_page import Reader

END = "Donné dans un autre ENT du projet, et posé ici par Préau."
TEXT = {
    "find": {"call": "GET /pages", "keep": {"native_id": "0.id"}},
    "steps": [
        {"call": "POST /pages", "only": "new", "text": "file", "keep": {"native_id": "id"}},
        {"call": "PUT /pages/{own.native_id}", "only": "known", "text": "file"},
    ],
}
LISTED = ["homework", "group", "title", "due"]
WORK = {"homework": "h1", "group": "g1", "title": "Lire", "due": "2026-10-12", "subject": "X"}


def lines(operation: str, project: str = "", **fields: object) -> list[str]:
    page = text_page(operation, {"title": "Conte", **fields}, project)
    assert (page.media_type, page.name) == ("text/html", "texte.html")
    found = re.findall(r"<p>(.*)</p>", page.content.decode())
    return [html.unescape(each).replace("\u00a0", " ") for each in found]


def test_work_says_its_day_in_french_and_the_project() -> None:
    said = lines("HOMEWORK_PUT", "Défi lecture", due="2026-10-01")
    assert said == ["Travail à faire pour le jeudi 1er octobre 2026.", "Projet : Défi lecture", END]
    assert lines("HOMEWORK_PUT", due=None) == ["Travail à faire.", END]


def test_a_notice_says_whom_it_is_for_and_that_families_are_to_sign() -> None:
    said = lines("NOTICE_PUT", audience=["PUPIL", "GUARDIAN", "ROBOT"], needs_signature=True)
    assert said == [
        "Information pour : élèves, familles.",
        "La signature des familles est demandée dans l'ENT d'origine.",
        END,
    ]
    assert lines("NOTICE_PUT", audience=[], needs_signature=False) == ["Information.", END]
    assert lines("NOTICE_PUT") == ["Information.", END]


@pytest.mark.parametrize(
    ("start", "end", "all_day", "words"),
    [
        (
            *("2026-10-12T06:30:00Z", "2026-10-12T08:00:00Z", False),
            "Le lundi 12 octobre 2026, de 8 h 30 à 10 h 00.",
        ),
        ("2026-10-12T06:30:00Z", None, False, "Le lundi 12 octobre 2026 à 8 h 30."),
        (
            *("2026-10-12T06:30:00Z", "2026-10-13T08:00:00Z", False),
            "Du lundi 12 octobre 2026 à 8 h 30 au mardi 13 octobre 2026 à 10 h 00.",
        ),
        (
            *("2026-10-11T22:00:00Z", "2026-10-12T22:00:00Z", True),
            "Le lundi 12 octobre 2026, toute la journée.",
        ),
        (
            *("2026-10-11T22:00:00Z", "2026-10-13T21:00:00Z", True),
            "Du lundi 12 octobre 2026 au mardi 13 octobre 2026.",
        ),
        ("2026-10-11T22:00:00Z", None, True, "Le lundi 12 octobre 2026, toute la journée."),
    ],
)
def test_a_date_says_when_by_the_clock_of_paris(
    start: str, end: str | None, all_day: object, words: str
) -> None:
    said = lines("CALENDAR_EVENT_PUT", start=start, end=end, all_day=all_day)
    assert said == [words, END]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;COUNT=4", ["Cette date revient chaque semaine, 4 fois en tout."]),
        ("FREQ=YEARLY", ["Cette date revient chaque année."]),
        ("n'importe quoi", []),
        (None, []),
    ],
)
def test_a_date_that_comes_back_says_how_often(rule: str | None, words: list[str]) -> None:
    assert lines("CALENDAR_EVENT_PUT", recurrence=rule) == [*words, END]


def test_what_is_said_is_a_text_and_no_more() -> None:
    page = text_page("HOMEWORK_PUT", {"title": "<script>"}, "<img src=x>")
    read = Reader(page.content.decode())
    assert "script" not in read.tags
    assert "img" not in read.tags


@pytest.fixture
def told(server: Any, parcel: Any, deliver: Any, say: Any, monkeypatch: Any) -> Any:
    """One try at homework; `kept` is what its ENT gave before."""
    monkeypatch.setitem(NEEDS, "HOMEWORK_PUT", LISTED)

    def go(kept: Any = None) -> Any:
        server.answers.append(say(201, b'{"id": 5}'))
        made = parcel("HOMEWORK_PUT", entity="homework:h1", **WORK)
        return deliver(made._replace(circle=Circle("Défi")), kept, raw=TEXT)

    return go


def test_the_page_is_put_then_replaced_and_the_receipt_says_so(told: Any, server: Any) -> None:
    outcome = told()
    assert (outcome.state, outcome.reason) == ("APPLIED", "APPLIED_AS_TEXT")
    assert outcome.kept == {"native_id": "5"}
    assert told({"homework:h1": {"native_id": "5"}}).reason == "APPLIED_AS_TEXT"
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("POST", "/pages"),
        ("PUT", "/pages/5"),
    ]
    for seen in server.seen:
        assert "Projet\u00a0: Défi".encode() in seen.body
        assert b"lundi 12 octobre 2026" in seen.body
        assert b'filename="texte.html"' in seen.body
        assert b"subject" not in seen.body
        assert b">X<" not in seen.body


def test_a_page_is_no_lesser_form_when_it_is_refused(told: Any, server: Any, say: Any) -> None:
    server.answers.append(say(403))
    outcome = told()
    assert (outcome.state, outcome.reason) == ("REFUSED", "NOT_ALLOWED")


def test_a_document_is_no_page_to_read() -> None:
    with pytest.raises(FixTheFolder):
        parse_operation("SHARE_PUT", TEXT, ["title"], Place("essai"))


def test_a_page_without_a_title_has_nothing_to_say() -> None:
    with pytest.raises(FixTheFolder):
        parse_operation("HOMEWORK_PUT", TEXT, ["homework"], Place("essai"))
