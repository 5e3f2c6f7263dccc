"""From every product that can share to every other: group, members, document, withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.world import until_nothing
from tests.matrix.board import Board, Pair, let_go, open_board, pick_again
from tests.matrix.table import PAGE, cell, drawn, in_page

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(480)]
Holds = Callable[[Pair, str], bool]


@pytest.fixture(scope="module")
def board(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[Board]:
    with open_board(tmp_path_factory.mktemp("matrix"), hub_database()) as opened:
        yield opened


@pytest.fixture
def terminal(pytestconfig: pytest.Config) -> Any:
    """Where a person who runs it alone reads the table."""
    return pytestconfig.get_terminal_writer()


def everywhere(board: Board, holds: Holds) -> None:
    """Waits until it holds in both ENTs of every pair."""

    def lacking() -> str:
        lacks = [
            f"{pair.title}: {name}"
            for pair in board.projects
            for name in pair
            if not holds(pair, name)
        ]
        return f"{len(lacks)} of {2 * len(board.projects)}, {lacks[:3]}" if lacks else ""

    until_nothing(lacking)


def with_members(board: Board, which: str) -> Holds:
    def holds(pair: Pair, name: str) -> bool:
        seat = board.seats[name]
        group = seat.group(pair.title)
        return group is not None and group["members"] == list(getattr(seat.side, which))

    return holds


def shown(board: Board, pair: Pair) -> list[str]:
    """The documents that the hub put into the recipient's group, by title."""
    group = board.seats[pair.recipient].group(pair.title)
    return [each["title"] for each in group["documents"] if each["hub_id"]]


def title_of(pair: Pair) -> str:
    return f"Carnet de {pair.source}"


def test_every_pair_shares_its_group_its_members_and_its_documents(
    board: Board, pytestconfig: pytest.Config, terminal: Any
) -> None:
    everywhere(board, with_members(board, "all_members"))
    for seat in board.seats.values():
        seat.say(seat.side.leave())
    let_go(board)
    everywhere(board, with_members(board, "members_left"))
    for seat in board.seats.values():
        seat.say(seat.side.come_back())
    pick_again(board)
    everywhere(board, with_members(board, "all_members"))
    said = {pair: share(board, pair) for pair in board.projects}
    cells = answered(board)
    taken = {pair for pair, told in cells.items() if "document APPLIED" in told}
    everywhere(board, lambda pair, _: shown(board, pair) == [title_of(pair)] * (pair in taken))
    for pair, answer in said.items():
        seat = board.seats[pair.source]
        seat.say(seat.side.withdraw(answer))
    everywhere(board, lambda pair, _: shown(board, pair) == [])
    table = drawn(board, cells)
    terminal.line()
    terminal.line(table)
    assert in_page((pytestconfig.rootpath / PAGE).read_text("utf-8")) == table, (
        f"put this table into {PAGE}"
    )


def answered(board: Board) -> dict[Pair, str]:
    """Every cell of the table, once its receipts are there."""
    found: dict[Pair, str] = {}

    def lacking() -> str:
        found.update({pair: cell(board, pair) for pair in board.projects})
        waits = {
            f"{pair.title}: {said}"
            for pair, said in found.items()
            if "PENDING" in said or "ACCEPTED" in said or "document" not in said
        }
        return str(sorted(waits)[:3]) if waits else ""

    until_nothing(lacking)
    return found


def share(board: Board, pair: Pair) -> Any:
    """A teacher of the source shares a document with the group; what the ENT answered."""
    seat = board.seats[pair.source]
    native = seat.group(pair.title)["id"]
    return seat.say(seat.side.share(native, title_of(pair)))
