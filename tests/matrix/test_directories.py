"""From every product to the services that stand beside its ENT: a group per UAI, people by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from preau.app.control import Control, open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.kafka_address import kafka_address
from preau.app.set_writing import SetWriting
from preau.sandbox.process import EntProcess
from preau.settings import Settings
from preau.store.instances import Instance
from preau.web.needs import RECEIVE
from tests.faults.world import until_nothing
from tests.matrix.board import Board, Pair, open_board, with_directory
from tests.matrix.table import PAGE, cell

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(480)]
GAR, ONEROSTER = "gar", "oneroster"
WAYS = {GAR: 1, ONEROSTER: 2}
"""Service → in how many ways it takes people: from files, and by asking the hub."""
READER_PAGE = 2
"""How many entities the reader asks for at once: so few that it has to follow links."""
NAMELESS = frozenset({"neo-yvelines"})
"""ENTs that tell nobody's name: whoever is known by them alone is in no set."""
BEGIN, END = "<!-- directories: from tests/matrix -->\n", "<!-- end of directories -->\n"


class Place(NamedTuple):
    """The board, the services beside it, and who writes their sets."""

    board: Board
    services: Mapping[str, EntProcess]
    writing: SetWriting

    @property
    def pairs(self) -> list[Pair]:
        """Every product with every service."""
        return [Pair(source, service) for source in self.board.sources for service in WAYS]

    def shown(self, pair: Pair) -> list[dict[str, Any]]:
        """What the service shows of the group of this source's school: once per UAI and way."""
        uai = self.board.seats[pair.source].uai
        held: Any = self.services[pair.recipient].call("GET /_sandbox/holds").body
        return [each for each in held if (each["uai"], each["title"]) == (uai, pair.title)]

    def members(self, pair: Pair) -> list[int]:
        """How many people it shows there, way by way."""
        counts = [len(each["members"]) for each in self.shown(pair)]
        return counts + [0] * (WAYS[pair.recipient] - len(counts))

    def _expected(self, pair: Pair, counts: Mapping[str, int]) -> list[int]:
        return [counts[pair.source]] * WAYS[pair.recipient]

    def shows(self, counts: Mapping[str, int]) -> None:
        """Waits until the sets that were written last, and what was read then, show these."""

        def lacking() -> str:
            for service in WAYS:
                self.writing.write(service)
            told = self.services[ONEROSTER].call("POST /_sandbox/say", {"what": "read"})
            assert told.status == 200
            found = {pair: self.members(pair) for pair in self.pairs}
            wrong = {p.title: n for p, n in found.items() if n != self._expected(p, counts)}
            return f"{wrong}, not {counts}; {told.body['trouble']}" if wrong else ""

        until_nothing(lacking, tick_s=0.5)


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Place]:
    folder, database = tmp_path_factory.mktemp("directories"), hub_database()
    settings = Settings(data=str(folder / "hub"), port="0", database=database)
    with ExitStack() as closing:
        services = {each: _started(each, folder, closing) for each in WAYS}
        board = closing.enter_context(open_board(folder, database, _declared(settings)))
        control = closing.enter_context(open_control(settings))
        for each, service in services.items():
            seed = _seed(control, board, each) | {"drops": str(settings.drop_folder / each)}
            assert service.call("POST /_sandbox/seed", seed).status == 200
        yield Place(board, services, SetWriting(control, lambda: kafka_address(settings)))


def _started(service: str, folder: Path, closing: ExitStack) -> EntProcess:
    made = EntProcess(service, folder / service, "none")
    closing.callback(made.stop)
    made.start()
    return made


def _declared(settings: Settings) -> Callable[[Board], None]:
    def declare(board: Board) -> None:
        with open_control(settings) as control:
            for each in WAYS:
                said = (each, each, "", "11", "", "", "file")
                control.instances.put(Instance(*said, loopback=False, disabled=False))
                ensure_share_topic(control, each)
        for source in board.sources:
            for each in WAYS:
                board.projects[Pair(source, each)] = with_directory(board, source, each)

    return declare


def _seed(control: Control, board: Board, service: str) -> dict[str, Any]:
    if service != ONEROSTER:
        return {}
    secret = control.api_keys.make(service, (RECEIVE,))
    url = board.operator.address
    said = {"url": url, "client": service, "secret": secret, "limit": READER_PAGE}
    return {"service": said}


@pytest.fixture
def terminal(pytestconfig: pytest.Config) -> Any:
    """Where a person who runs it alone reads the table."""
    return pytestconfig.get_terminal_writer()


def named(board: Board, which: str) -> dict[str, int]:
    """Source → how many of its people have a name."""
    return {
        name: 0 if name in NAMELESS else len(getattr(board.seats[name].side, which))
        for name in board.sources
    }


def test_every_product_has_its_people_in_the_services_beside_it(
    place: Place, pytestconfig: pytest.Config, terminal: Any
) -> None:
    board = place.board
    place.shows(named(board, "all_members"))
    for seat in board.seats.values():
        seat.say(seat.side.leave())
    place.shows(named(board, "members_left"))
    for seat in board.seats.values():
        seat.say(seat.side.come_back())
    place.shows(named(board, "all_members"))
    for pair in place.pairs:
        once_per_way(place, pair)
    for pair in place.pairs:
        share_with_the_witness(board, pair)
    table = drawn(place, answered(place))
    terminal.line()
    terminal.line(table)
    text = (pytestconfig.rootpath / PAGE).read_text("utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0].strip() == table, f"put this into {PAGE}"


def once_per_way(place: Place, pair: Pair) -> None:
    """Whoever takes files and reads the service too shows the same of both, under the same ids."""
    shown = place.shown(pair)
    ways = [str(each.get("way")) for each in shown]
    if pair.recipient == ONEROSTER and pair.source not in NAMELESS:
        assert sorted(ways) == ["csv", "rest"]
        by_files, by_service = ({**each, "way": ""} for each in shown)
        assert by_files == by_service
    else:
        assert len(shown) <= 1  # once per UAI


def share_with_the_witness(board: Board, pair: Pair) -> None:
    """A teacher shares a document with the group, which the witness then shows."""
    seat, title = board.seats[pair.source], f"Carnet de {pair.source}"
    other = "first" if seat.side.degree == "SECOND" else "second"
    group = seat.group(pair.title)
    assert group is not None
    seat.say(seat.side.share(group["id"], title))

    def lacking() -> str:
        there = board.seats[f"temoin-{other}"].group(pair.title)
        titles = [each["title"] for each in there["documents"]] if there else []
        return "" if title in titles else f"{pair.title}: {titles}"

    until_nothing(lacking)


def answered(place: Place) -> dict[Pair, str]:
    """Every cell, once the services' reports have made receipts."""
    board, found = place.board, dict[Pair, str]()

    def lacking() -> str:
        found.update({pair: cell(board, pair) for pair in place.pairs})
        waits = [
            f"{pair.title}: {told}"
            for pair, told in found.items()
            if ("ACCEPTED" in told) != (pair.source in NAMELESS)
        ]
        return str(waits[:3]) if waits else ""

    until_nothing(lacking)
    said = "document REFUSED (NO_DOCUMENTS)"  # nothing is sent: no mandate says so
    assert [told for told in found.values() if not told.endswith(said)] == []
    return found


def drawn(place: Place, cells: Mapping[Pair, str]) -> str:
    counts = named(place.board, "all_members")
    lines = ["| from | to | what it answered | people whom it shows |", "|---|---|---|---|"]
    lines += [
        f"| {pair.source} | {pair.recipient} | {cells[pair]} | {counts[pair.source]} |"
        for pair in sorted(cells)
    ]
    return "\n".join(lines)
