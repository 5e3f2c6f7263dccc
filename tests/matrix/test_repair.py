"""What an ENT lost behind the hub's back is found by asking it, told again, and shown as such."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from os import environ
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from preau.settings import Settings
from tests.faults.world import until_nothing
from tests.matrix.board import Board, Pair, Seat, alone, open_board

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(480)]
LOST = "reparation"
Lose = Callable[[Seat, Any, Any], object]


def _moodle(seat: Seat, group: Any, member: Any) -> None:
    """Somebody in the ENT takes an account out of a cohort."""
    form = {
        "wstoken": seat.ent.token,
        "wsfunction": "core_cohort_delete_cohort_members",
        "moodlewsrestformat": "json",
        "members[0][cohortid]": group,
        "members[0][userid]": member,
    }
    connection = http.client.HTTPConnection(urlsplit(seat.ent.origin).netloc, timeout=10)
    said = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/webservice/rest/server.php", urlencode(form), said)
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"null")
    connection.close()


def _skolengo(seat: Seat, group: Any, member: Any) -> None:
    route = f"DELETE /groups/{group}/relationships/members"
    body = {"data": [{"type": "user", "id": member}]}
    assert seat.ent.call(route, body, media_type="application/vnd.api+json").status == 200


#: How somebody in the ENT takes a member out of a group, in each that can be asked; where nobody
#: can ask who is in it, how somebody deletes the group.
LOSING: Mapping[str, Lose] = {
    "ent-ecole": lambda seat, group, member: seat.ask(
        f"PUT /partnerships/{group}/groups/{member}/leave", {}
    ),
    "neo-yvelines": lambda seat, group, _member: seat.ask(
        "POST /bridge/directory.group.manual.delete", {"id": group}
    ),
    "mon-ent-occitanie": _skolengo,
    "magistere": _moodle,
}


class House:
    """The board, with one project of each product that can be asked, and the operator's shell."""

    def __init__(self, board: Board, settings: Settings) -> None:
        self.board = board
        self._environment = {**environ, **settings.environment()}

    def group(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] | None = self.board.seats[name].group(Pair(name, LOST).title)
        return found or {"id": None, "members": []}

    def members(self, name: str) -> list[Any]:
        return list(self.group(name)["members"])

    def whole(self, name: str) -> None:
        """Waits until its group has everybody, and the hub has its answer for each."""
        everybody = list(self.board.seats[name].side.all_members)

        def lacking() -> str:
            shown, told = self.members(name), self._answered(name)
            return "" if (shown, told) == (everybody, len(everybody)) else f"{shown}, {told}"

        until_nothing(lacking)

    def _answered(self, name: str) -> int:
        return sum(
            each["things"]
            for each in self._page(name)["answers"]
            if (each["ent"], each["outcome"]) == (name, "APPLIED")
            and each["what"] in {"MEMBER", "CLASS"}
        )

    def _page(self, name: str) -> dict[str, Any]:
        return self.board.operator.page(self.board.projects[Pair(name, LOST)])

    def compare(self, name: str) -> tuple[int, str]:
        """`preau instance compare`, as an operator types it; its code and its words."""
        command = [sys.executable, "-m", "preau", "instance", "compare", name, "--confirm"]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def gaps(self, name: str) -> set[tuple[str, str, str]]:
        """What the project's page tells of what this ENT held otherwise."""
        gaps = self._page(name)["gaps"]
        return {(each["ent"], each["kind"], each["state"]) for each in gaps}


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, hub_database: Callable[[], str]
) -> Iterator[House]:
    folder, database = tmp_path_factory.mktemp("repair"), hub_database()

    def projects(board: Board) -> None:
        for name in LOSING:
            board.projects[Pair(name, LOST)] = alone(board, name, LOST)

    with open_board(folder, database, projects) as board:
        yield House(board, Settings(data=str(folder / "hub"), port="0", database=database))


@pytest.mark.parametrize("name", LOSING)
def test_what_an_ent_lost_is_found_told_again_and_shown(house: House, name: str) -> None:
    house.whole(name)
    group = house.group(name)
    LOSING[name](house.board.seats[name], group["id"], group["members"][-1])
    assert house.members(name) in (group["members"][:-1], [])
    code, words = house.compare(name)
    assert (code, "0 too many" in words, ": 0 missing" in words) == (1, True, False), words
    house.whole(name)
    until_nothing(lambda: "" if house.gaps(name) == {(name, "MISSING", "REPAIRED")} else name)
    assert house.compare(name)[0] == 0  # all is as it should be
