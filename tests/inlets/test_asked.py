"""What an answer becomes: each event once, the place where the next call begins, clear errors."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from preau.catalogue.inlet import Inlet, parse_inlet
from preau.errors import Place, TryAgain
from preau.inlets import http
from preau.inlets.asked import MOST_SEEN, Answered, Desk, Page, page
from preau.inlets.intake import Speaker

NOW = 1_790_000_000_000
URL = "https://ent.example.org/api/events?page=1"
FEED: dict[str, Any] = {
    "call": "GET /api/events",
    "query": {"since": "{cursor}"},
    "events": "data",
    "event": "type",
    "event_id": "id",
    "cursor": {"start": 0, "event": "at"},
    "more": {"header": "X-HAS-MORE"},
}
LINKED = {"call": "GET /api/events", "events": "data", "cursor": {"link": "links.next"}}


def inlet(**changed: Any) -> Inlet:
    return parse_inlet("feed", {**FEED, **changed}, Place())


def event(rank: int, at: object = None, **more: Any) -> dict[str, Any]:
    return {"id": f"e-{rank}", "type": "LEFT", "at": rank if at is None else at, **more}


def read(
    speaker: Speaker,
    asked: Inlet,
    said: object,
    before: tuple[str, str] = ("0", ""),
    **headers: str,
) -> Page:
    body = said if isinstance(said, bytes) else orjson.dumps(said)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return page(
        Desk(speaker, encode, lambda text: text[::-1]),
        asked,
        Answered(body, named, URL),
        before,
        NOW,
    )


def encode(name: str, values: dict[str, Any]) -> bytes:
    return json.dumps([name, values]).encode()


def test_each_event_is_written_as_over_http(speaker: Speaker) -> None:
    found = read(speaker, inlet(), {"data": [event(1), event(2)]})
    body = orjson.dumps(event(1))
    by_http = http.own_body(
        speaker._replace(event_id="id"), http.Request(body, "application/json", {}), NOW
    ).intake
    first = found.letters[0]
    assert first._replace(headers=[]) == by_http._replace(headers=[])
    assert dict(first.headers) == {**dict(by_http.headers), "event": b"LEFT"}
    assert (found.cursor, found.more, found.aside) == ("2", False, 0)


def test_events_that_come_again_are_known_and_their_neighbours_are_not(speaker: Speaker) -> None:
    first = read(speaker, inlet(), {"data": [event(1), event(2, 7), event(3, 7)]})
    assert first.cursor == "7"
    again = [event(2, 7), event(3, 7), event(4, 7), event(5, 8)]
    second = read(speaker, inlet(), {"data": again}, (first.cursor, first.seen))
    assert [orjson.loads(each.value)["id"] for each in second.letters] == ["e-4", "e-5"]
    third = read(speaker, inlet(), {"data": [event(5, 8)]}, (second.cursor, second.seen))
    assert (third.letters, third.cursor, third.seen) == ([], "8", second.seen)


def test_a_whole_number_never_goes_back(speaker: Speaker) -> None:
    assert read(speaker, inlet(), {"data": [event(9), event(3)]}, ("5", "")).cursor == "9"
    assert read(speaker, inlet(), {"data": [event(3)]}, ("5", "")).cursor == "5"
    assert read(speaker, inlet(), {"data": []}, ("5", "seen")).seen == "seen"


def test_a_text_is_that_of_the_last_event(speaker: Speaker) -> None:
    said = {"data": [event(1, "2026-10-12T08:00:00Z"), event(2, "2026-10-12T09:00:00Z")]}
    assert read(speaker, inlet(), said).cursor == "2026-10-12T09:00:00Z"
    odd = {"data": [event(1, "2026-10-12"), event(2, "été"), event(3, "x" * 2000), event(4, [])]}
    assert read(speaker, inlet(), odd).cursor == "2026-10-12"


def test_only_so_many_are_known_again(speaker: Speaker) -> None:
    many = [event(rank, 7) for rank in range(MOST_SEEN + 5)]
    assert len(read(speaker, inlet(), {"data": many}).seen.split()) == MOST_SEEN


@pytest.mark.parametrize(("way", "where"), [("answer", "meta.next"), ("header", "X-Next")])
def test_the_answer_itself_may_say_where_to_go_on(speaker: Speaker, way: str, where: str) -> None:
    asked = inlet(cursor={"start": "", way: where}, more={"answer": "meta.more", "is": "yes"})
    said = {"data": [event(1)], "meta": {"next": "t-2", "more": "YES"}}
    found = read(speaker, asked, said, x_next="t-2")
    assert (found.cursor, found.seen, found.more) == ("t-2", "", True)
    last = read(speaker, asked, {"data": [event(2)]}, ("t-2", ""))
    assert (last.cursor, last.more) == ("t-2", False)
    assert read(speaker, asked, {"data": [event(2)]}, ("t-2", last.seen)).letters == []


def test_links_are_followed_and_the_last_page_is_asked_again(speaker: Speaker) -> None:
    asked = parse_inlet("feed", LINKED, Place())
    first = read(speaker, asked, {"data": [event(1)], "links": {"next": "events?page=2"}}, ("", ""))
    assert (first.cursor, first.more, first.follow) == ("/api/events?page=2", True, "")
    last = read(speaker, asked, {"data": [event(2)], "links": {"next": None}}, (first.cursor, ""))
    assert (last.cursor, last.more) == (first.cursor, False)
    again = {"data": [event(2), event(3)]}
    found = read(speaker, asked, again, (last.cursor, last.seen))
    assert [orjson.loads(each.value)["id"] for each in found.letters] == ["e-3"]


def test_a_link_may_be_followed_while_the_place_is_a_moment(speaker: Speaker) -> None:
    asked = inlet(more={"link": "links.next"})
    found = read(speaker, asked, {"data": [event(4)], "links": {"next": URL + "&after=4"}})
    assert (found.cursor, found.more, found.follow) == ("4", True, "/api/events?page=1&after=4")


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example.org/x", "http://ent.example.org/x", "//evil.example/x"]
)
def test_the_token_is_not_taken_elsewhere(speaker: Speaker, target: str) -> None:
    with pytest.raises(TryAgain, match="not the instance's own"):
        read(speaker, inlet(more={"link": "next"}), {"data": [], "next": target})


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<html>", "not JSON"),
        (b'{"data": [', "not JSON"),
        (b"", "not JSON"),
        (b"[]", "no list"),
        (b'{"data": {"id": 1}}', "no list"),
        (b'{"data": null}', "no list"),
    ],
)
def test_an_answer_that_is_none_is_told(speaker: Speaker, body: bytes, what: str) -> None:
    with pytest.raises(TryAgain, match=what) as refused:
        read(speaker, inlet(), body)
    assert refused.value.code == "POLL_ANSWER"


def test_more_that_leads_nowhere_is_told(speaker: Speaker) -> None:
    said = {"data": [event(1, 7)]}
    first = read(speaker, inlet(), said, x_has_more="true")
    assert first.more
    with pytest.raises(TryAgain, match="POLL_STUCK"):
        read(speaker, inlet(), said, (first.cursor, first.seen), x_has_more="true")
    asked = parse_inlet("feed", LINKED, Place())
    here = {"data": [], "links": {"next": "/api/events?page=1"}}
    with pytest.raises(TryAgain, match="POLL_STUCK"):
        read(speaker, asked, here, ("/api/events?page=1", ""))


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        ("a text", "JSON_NOT_EVENTS"),
        ({**event(2), "big": "x" * 300_000}, "JSON_SIZE"),
        ({**event(2), "id": "é" * 10}, "EVENT_ID"),
        ({**event(2), "type": "two words"}, "EVENT_NAME"),
        ({**event(2), "text": "\0"}, "JSON_NUL"),
    ],
)
def test_an_event_that_http_would_refuse_is_set_aside(
    speaker: Speaker, odd: object, code: str
) -> None:
    found = read(speaker, inlet(), {"data": [event(1), odd, event(3)]})
    assert (found.aside, found.cursor) == (1, "3")
    aside = found.letters[1]
    assert aside.topic == "preau.setaside.school"
    assert json.loads(aside.value)[1]["code"] == code
    assert read(speaker, inlet(), {"data": [odd]}).letters[0].value == aside.value


def test_without_a_mandate_for_its_record_an_event_is_set_aside(speaker: Speaker) -> None:
    may = speaker.may._replace(events={"LEFT": frozenset({"person"})})
    found = read(speaker._replace(may=may), inlet(), {"data": [event(1)]})
    assert json.loads(found.letters[0].value)[1]["code"] == "MANDATE_MISSING"
