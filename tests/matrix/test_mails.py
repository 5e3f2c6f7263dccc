"""A document that has just come is told to the group's distribution list, once, on a whole hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.faults.world import until, until_nothing
from tests.matrix.board import Board, Pair, alone, open_board

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(480)]
ENT, WITNESS, TITLE = "netecole-cantal", "temoin-second", "courriel"


@pytest.fixture
def board(tmp_path: Any, hub_database: Callable[[], str]) -> Iterator[Board]:
    def projects(board: Board) -> None:
        board.projects[Pair(ENT, TITLE)] = alone(board, ENT, TITLE)

    with open_board(tmp_path, hub_database(), projects, post_office=ENT) as opened:
        yield opened


def test_a_document_of_the_other_school_is_told_to_the_list_once(board: Board) -> None:
    title, seat, witness = Pair(ENT, TITLE).title, board.seats[ENT], board.seats[WITNESS]

    def mails() -> list[dict[str, Any]]:
        group = seat.group(title)
        return list(group["mails"]) if group else []

    def documents() -> list[str]:
        group = seat.group(title)
        return [each["title"] for each in group["documents"]] if group else []

    until(lambda: witness.group(title) is not None and seat.group(title) is not None)
    said = witness.side.share(witness.group(title)["id"], "Carnet de lecture")
    answer = witness.say(said)
    until_nothing(lambda: "" if mails() else str(documents()))
    (mail,) = mails()
    assert mail["subject"] == f"{title} : un document"
    assert "« Carnet de lecture » vient d'être partagé" in mail["text"]
    assert f"{witness.ent.origin}/" in mail["text"]
    until(lambda: documents() == ["Carnet de lecture"])  # the mail may be there before the import
    witness.say(witness.side.withdraw(answer))
    until(lambda: documents() == [])
    assert len(mails()) == 1
