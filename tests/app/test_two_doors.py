"""The API and the command line are two doors to one desk: each order has both, saying the same."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from preau.cli import create_cli
from preau.errors import SetAside
from tests.app.door import FILE, Door
from tests.app.house import TwoDoors, two_doors
from tests.app.two_doors import DOORS, ONLY_COMMANDS, ONLY_ROUTES

NOWHERE = "127.0.0.1:1"
"""No Kafka: what a desk gives is never written here."""
COMMANDS = [
    "project",
    "mandate",
    "sector",
    "identity",
    "person",
    "setaside",
    "switch",
    "receipts",
    "breach",
    "register",
    "why",
]
ROUTES = [
    "projects",
    "mandates",
    "sectors",
    "identity",
    "persons",
    "setasides",
    "switches",
    "receipts",
    "breach",
    "register",
    "why",
]


class Listening:
    """Stands in every desk: what the watched method was told is kept, and nothing is done."""

    def __init__(self) -> None:
        self.watched: Any = None
        self.heard: list[Any] = []

    def spy(self, desk: Any, name: str, mark: Any, patch: pytest.MonkeyPatch) -> None:
        original: Callable[..., Any] = getattr(desk, name)
        parameters = inspect.signature(original)

        def heard(*said: Any, **named: Any) -> Any:
            if self.watched != mark:
                return original(*said, **named)
            bound = parameters.bind(*said, **named)
            bound.apply_defaults()
            told = {k: v for k, v in bound.arguments.items() if k not in ("self", "control")}
            self.heard.append(plain(told))
            raise SetAside("HEARD", "the desk was reached")

        patch.setattr(desk, name, heard)


def plain(said: Any) -> Any:
    """Without who acts, which is what the two doors differ in."""
    if isinstance(said, dict):
        return {name: plain(value) for name, value in said.items()}
    if isinstance(said, tuple | list):
        return [plain(each) for each in said]
    acts = isinstance(said, str) and (said == "operator" or said.startswith("key:"))
    return "whoever acts" if acts else said


@pytest.fixture(scope="module")
def listening() -> Iterator[Listening]:
    listening = Listening()
    with pytest.MonkeyPatch.context() as patch:
        for mark in {door.desk for door in DOORS}:
            for desk, name in mark[0] if isinstance(mark[0], tuple) else [mark]:
                listening.spy(desk, name, mark, patch)
        yield listening


@pytest.fixture(scope="module")
def doors(
    tmp_path_factory: pytest.TempPathFactory,
    listening: Listening,
    hub_database: Callable[[], str],
) -> Iterator[TwoDoors]:
    assert listening.watched is None
    with two_doors(tmp_path_factory.mktemp("hub"), NOWHERE, hub_database()) as both:
        yield both


def spoken(door: Door, both: TwoDoors) -> None:
    method, pattern = door.route.split()
    query = f"?{door.query}" if door.query else ""
    answer = both.http(method, pattern.format(**door.path) + query, door.body)
    assert (answer.status, answer.json["code"]) == (422, "HEARD"), answer.body


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.command.partition(" -")[0])
def test_a_command_and_its_route_tell_the_same_desk_the_same(
    door: Door, doors: TwoDoors, listening: Listening, tmp_path: Path
) -> None:
    file = tmp_path / "body.json"
    file.write_text(json.dumps(door.body), "utf-8")
    named = {FILE: str(file), "OUT": str(tmp_path)}
    listening.watched, listening.heard = door.desk, []
    try:
        _, code = doors.preau(*(named.get(word, word) for word in door.command.split()))
        assert code == "HEARD"
        spoken(door, doors)
    finally:
        listening.watched = None
    by_command, by_route = listening.heard
    assert by_command == by_route


def test_every_command_has_its_route() -> None:
    group = typer.main.get_command(create_cli())
    assert isinstance(group, typer.core.TyperGroup)
    found = set()
    for name in COMMANDS:
        command = group.commands[name]
        inner = getattr(command, "commands", {"": None})
        found |= {f"{name} {each}".strip() for each in inner}
    told = {door.command for door in DOORS}
    assert {
        each for each in found if not any(f"{t} ".startswith(f"{each} ") for t in told)
    } == ONLY_COMMANDS.keys()


def test_every_route_has_its_command(doors: TwoDoors) -> None:
    paths = doors.http("GET", "/openapi.json").json["paths"]
    found = {
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/v1/") and path.split("/")[2] in ROUTES
    }
    assert found == {door.route for door in DOORS} | ONLY_ROUTES.keys()


def test_what_changes_something_is_never_asked_for_by_get() -> None:
    acts = {door.route for door in DOORS if door.act and door.route.startswith("GET ")}
    assert acts == {"GET /v1/breach"}  # it changes nothing, but is an entry in the audit chain


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.route)
def test_no_route_is_a_vendors(door: Door, doors: TwoDoors) -> None:
    method, pattern = door.route.split()
    answer = doors.http(method, pattern.format(**door.path), door.body, key=doors.vendor)
    assert (answer.status, answer.json["code"]) == (403, "KEY_SCOPE")
