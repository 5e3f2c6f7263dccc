"""An inlet's file is read strictly: what is not understood is refused, with its fix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from preau.catalogue.catalogue import open_connector
from preau.catalogue.inlet import Found, parse_inlet
from preau.errors import FixTheFolder, Place
from preau.shelf import connectors

PLACE = Place("my-ent", "inlet/feed.yaml")
GOOD: dict[str, Any] = {
    "call": "GET /events/{cursor}",
    "events": "data",
    "cursor": {"start": 0, "event": "at"},
}


def test_what_is_left_out_has_its_default() -> None:
    inlet = parse_inlet("feed", GOOD, PLACE)
    assert (inlet.path, inlet.start, inlet.cursor) == (
        "/events/{cursor}",
        "0",
        Found("event", "at"),
    )
    assert (inlet.more, inlet.accept, inlet.unit_ms) == (None, "application/json", 1000)
    assert (inlet.every_s, inlet.per_minute, inlet.file) == (300, 30, "inlet/feed.yaml")


def test_a_cursor_that_is_a_link_says_by_itself_whether_there_is_more() -> None:
    linked = {"call": "GET /events", "events": ".", "cursor": {"link": "links.next"}}
    assert parse_inlet("feed", linked, PLACE).more == Found("link", "links.next")
    with pytest.raises(FixTheFolder, match="says by itself"):
        parse_inlet("feed", {**linked, "more": {"header": "X"}}, PLACE)


def test_a_query_may_hold_the_cursor_and_yaml_booleans_are_texts() -> None:
    said = {**GOOD, "call": "GET /events", "query": {"since": "{cursor}", "sorted": True}}
    assert parse_inlet("feed", said, PLACE).query == {"since": "{cursor}", "sorted": "true"}


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("INLET_KEY", {"evnts": "data"}),
        ("INLET_KEY", {"cursor": {"start": 0, "event": "at", "then": "x"}}),
        ("INLET_KEY", {"more": {"head": "X"}}),
        ("INLET_VALUE", {"call": "POST /events/{cursor}"}),
        ("INLET_VALUE", {"retry_after": "minutes"}),
        ("INLET_FORM", {"call": "GET events/{cursor}"}),
        ("INLET_FORM", {"call": "GET /events/{own.id}/{cursor}"}),
        ("INLET_FORM", {"call": "GET /events"}),
        ("INLET_FORM", {"call": "GET /events?since={cursor}"}),
        ("INLET_FORM", {"events": ["data"]}),
        ("INLET_FORM", {"events": "data..x"}),
        ("INLET_FORM", {"cursor": {"event": "at", "header": "X-Next"}}),
        ("INLET_FORM", {"cursor": {"start": 0}}),
        ("INLET_FORM", {"cursor": {"header": "X Next"}}),
        ("INLET_FORM", {"query": ["a"]}),
        ("INLET_FORM", {"query": {"a": ["b"]}}),
        ("INLET_FORM", {"query": {"a": "b" * 401}}),
        ("INLET_FORM", {"every": 0}),
        ("INLET_FORM", {"per_minute": 601}),
        ("INLET_FORM", {"every": True}),
    ],
)
def test_what_is_not_understood_is_refused(code: str, changed: dict[str, Any]) -> None:
    with pytest.raises(FixTheFolder) as refused:
        parse_inlet("feed", {**GOOD, **changed}, PLACE)
    assert refused.value.code == code


@pytest.mark.parametrize("key", ["call", "events", "cursor"])
def test_what_must_be_there_is_named(key: str) -> None:
    with pytest.raises(FixTheFolder, match=key):
        parse_inlet("feed", {name: value for name, value in GOOD.items() if name != key}, PLACE)
    with pytest.raises(FixTheFolder, match="names and their values"):
        parse_inlet("feed", [GOOD], PLACE)


def test_a_card_that_says_poll_has_a_file_and_a_file_has_its_card(tmp_path: Path) -> None:
    folder = tmp_path / "my-ent"
    folder.mkdir()
    card = (connectors() / "edifice" / "connector.yaml").read_text("utf-8")
    card = card.replace("product: edifice", "product: my-ent")
    (folder / "connector.yaml").write_text(card, "utf-8")
    with pytest.raises(FixTheFolder, match="INLET_MISSING"):
        open_connector(folder)
    (folder / "inlet").mkdir()
    file = connectors() / "edifice" / "inlet" / "event-store.yaml"
    (folder / "inlet" / "feed.yaml").write_bytes(file.read_bytes())
    assert [each.name for each in open_connector(folder).inlets] == ["feed"]
    (folder / "connector.yaml").write_text(card.replace(", poll]", "]"), "utf-8")
    with pytest.raises(FixTheFolder, match="INLET_MISSING"):
        open_connector(folder)
