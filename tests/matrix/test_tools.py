"""From every product to what is no ENT: members for an LTI tool, documents for a feed reader."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from preau.app.control import Control, open_control
from preau.app.feeds_desk import FeedsDesk
from preau.app.hub_topics import ensure_share_topic
from preau.settings import Settings
from preau.store import projects
from preau.store.instances import Instance
from preau.web.needs import RECEIVE
from tests.faults.world import until_nothing
from tests.matrix.board import Board, Pair, open_board, with_directory
from tests.matrix.table import PAGE

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(480)]
TOOL, PRODUCT = "outil-lti", "oneroster"
"""A tool is declared as an instance of a product that takes people under pseudonyms."""
BEGIN, END = "<!-- tools: from tests/matrix -->\n", "<!-- end of tools -->\n"


class Tools(NamedTuple):
    """The board, the tool's key, and the address of a feed for each product's school."""

    board: Board
    key: str
    groups: Mapping[str, str]
    feeds: Mapping[str, str]

    def members(self, source: str) -> int:
        """How many members an LTI tool reads; none while there is no such group for it."""
        path = f"/lti/nrps/{self.groups[source]}/memberships"
        connection = http.client.HTTPConnection(urlsplit(self.board.operator.address).netloc)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return len(body["members"]) if answer.status == http.client.OK else 0

    def documents(self, source: str) -> list[str]:
        """The titles that a feed reader shows."""
        feed = self.board.operator.read(f"{self.feeds[source]}/ressources.atom").decode()
        return re.findall(r"<entry>.*?<title[^>]*>(.*?)</title>", feed, re.DOTALL)


@pytest.fixture(scope="module")
def tools(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Tools]:
    folder, database = tmp_path_factory.mktemp("tools"), hub_database()
    settings = Settings(data=str(folder / "hub"), port="0", database=database)
    with open_board(folder, database, _projects(settings)) as board, open_control(settings) as hub:
        key = hub.api_keys.make(TOOL, (RECEIVE,))
        made = {source: board.projects[Pair(source, TOOL)] for source in board.sources}
        with hub.engine.connect() as connection:
            known = {each.id: each.group for each in projects.several(connection, made.values())}
        groups = {source: known[project] for source, project in made.items()}
        yield Tools(board, key, groups, {s: _feed(hub, board, s, p) for s, p in made.items()})


def _projects(settings: Settings) -> Callable[[Board], None]:
    def declare(board: Board) -> None:
        with open_control(settings) as control:
            said = (TOOL, PRODUCT, "", "11", "", "", "file")
            control.instances.put(Instance(*said, loopback=False, disabled=False))
            ensure_share_topic(control, TOOL)
        for source in board.sources:
            board.projects[Pair(source, TOOL)] = with_directory(board, source, TOOL)

    return declare


def _feed(hub: Control, board: Board, source: str, project: str) -> str:
    seat = board.seats[source]
    by = "PRINCIPAL" if seat.side.degree == "SECOND" else "DASEN"
    desk = FeedsDesk(hub.engine, hub.degree, hub.clock)
    return f"/flux/{desk.make(project, seat.uai, by)}"


@pytest.fixture
def terminal(pytestconfig: pytest.Config) -> Any:
    """Where a person who runs it alone reads the table."""
    return pytestconfig.get_terminal_writer()


def everywhere(tools: Tools, holds: Callable[[str], bool]) -> None:
    until_nothing(lambda: str([each for each in tools.board.sources if not holds(each)] or ""))


def test_every_products_members_and_documents_are_read_by_tools(
    tools: Tools, pytestconfig: pytest.Config, terminal: Any
) -> None:
    board = tools.board
    sides = {source: board.seats[source].side for source in board.sources}
    everywhere(tools, lambda s: tools.members(s) == len(sides[s].all_members))
    for seat in board.seats.values():
        seat.say(seat.side.leave())
    everywhere(tools, lambda s: tools.members(s) == len(sides[s].members_left))
    for seat in board.seats.values():
        seat.say(seat.side.come_back())
    everywhere(tools, lambda s: tools.members(s) == len(sides[s].all_members))
    everywhere(tools, lambda s: board.seats[s].group(Pair(s, TOOL).title) is not None)
    said = {source: share(board, source) for source in board.sources}
    everywhere(tools, lambda s: tools.documents(s) == [f"Carnet de {s}"])
    table = drawn(tools)
    for source, answer in said.items():
        seat = board.seats[source]
        seat.say(seat.side.withdraw(answer))
    everywhere(tools, lambda s: tools.documents(s) == [])
    terminal.line()
    terminal.line(table)
    text = Path(pytestconfig.rootpath / PAGE).read_text("utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0].strip() == table, f"put this into {PAGE}"


def share(board: Board, source: str) -> Any:
    """A teacher shares a document with the project's group."""
    seat = board.seats[source]
    group = seat.group(Pair(source, TOOL).title)
    assert group is not None
    return seat.say(seat.side.share(group["id"], f"Carnet de {source}"))


def drawn(tools: Tools) -> str:
    lines = ["| from | members read by LTI | documents read in the feed |", "|---|---|---|"]
    lines += [
        f"| {source} | {tools.members(source)} | {len(tools.documents(source))} |"
        for source in sorted(tools.board.sources)
    ]
    return "\n".join(lines)
