"""One hub, one fictional ENT per product, and a project for every pair of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from preau.app.control import Control, open_control
from preau.app.hub_topics import ensure_share_topic
from preau.app.serve import running_hub
from preau.broker.node import TEST
from preau.demo.hub_operator import Operator
from preau.demo.waiting import StoryBroken
from preau.sandbox.instances import INSTANCES, of_product
from preau.sandbox.process import EntProcess
from preau.sandbox.territory.numbers import uai
from preau.settings import Settings
from preau.store.instances import Instance
from preau.web.needs import OPERATE, PUBLISH
from tests.faults.world import until
from tests.matrix.side import Order, Side, sides

WITNESS = "edifice"
"""A product of both degrees, which makes a conseil école-collège of two sides of one degree."""
AGAIN = "-bis"
"""What the second instance of a product is called that has one name only."""
AUTHORISED_BY = {"SECOND": ("PRINCIPAL",), "FIRST": ("DIRECTOR", "DASEN")}


def first(product: str) -> str:
    """The name of the instance that stands for a product."""
    return of_product(product)[0].name


def second(product: str) -> str:
    """That of a second one: to the first it is another ENT."""
    names = [each.name for each in of_product(product)]
    return names[1] if len(names) > 1 else names[0] + AGAIN


class Pair(NamedTuple):
    """A source and a recipient, by the names of their instances."""

    source: str
    recipient: str

    @property
    def title(self) -> str:
        return f"De {self.source} à {self.recipient}"


class Seat(NamedTuple):
    """One instance: its side, its ENT, its school."""

    side: Side
    ent: EntProcess
    uai: str

    def ask(self, route: str, body: object = None) -> Any:
        """What it answers; it must be a 200."""
        answer = self.ent.call(route, body)
        assert answer.status == 200, (self.side.product, route, answer)
        return answer.body

    def say(self, order: Order) -> Any:
        """What its people do."""
        return self.ask("POST /_sandbox/say", order)

    def group(self, title: str) -> Any:
        """What it shows of the group of that title, or nothing."""
        found = [each for each in self.ask("GET /_sandbox/holds") if title in each.values()]
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Board:
    """`projects` is pair → the id of its project."""

    seats: Mapping[str, Seat]
    operator: Operator
    projects: dict[Pair, str]

    @property
    def names(self) -> list[str]:
        """One instance of each product, without the witnesses and the second instances."""
        return [first(product) for product in sides()]

    @property
    def sources(self) -> list[str]:
        """Those of which something comes."""
        return [name for name in self.names if self.seats[name].side.shares]

    def pairs(self) -> Iterator[Pair]:
        """Every ordered pair of two products, and each product with a second instance of its own.

        What goes from the second to the first is the same again.
        """
        for source in self.sources:
            for recipient in self.names:
                again = second(self.seats[source].side.product)
                yield Pair(source, recipient if recipient != source else again)


def let_go(board: Board) -> None:
    """The operator takes back whoever was picked where nobody says who is a member."""
    for pair, project in board.projects.items():
        for seat in map(board.seats.__getitem__, pair):
            if seat.side.let_go:
                board.operator.release(project, seat.uai, seat.side.let_go)


def pick_again(board: Board) -> None:
    """And picks them once more."""
    for pair, project in board.projects.items():
        for name in pair:
            seat = board.seats[name]
            if seat.side.let_go:
                members = [each for each in seat.side.picked if each["id"] in seat.side.let_go]
                place: Order = {"uai": seat.uai, "instance": name, "members": members}
                board.operator.join(project, place)


@contextmanager
def open_board(
    folder: Path,
    database: str,
    projects: Callable[[Board], None] | None = None,
    post_office: str = "",
) -> Iterator[Board]:
    """Everything started, everybody known, every project open; those of every pair, or `projects`.

    The hub's data are in `folder/hub`; its mails go to the post office of one of the ENTs.
    """
    settings = Settings(data=str(folder / "hub"), port="0", database=database)
    token = secrets.token_urlsafe(24)
    with ExitStack() as closing:
        seats = _seats(folder, token, again=projects is None)
        for seat in seats.values():
            closing.callback(seat.ent.stop)
        with ThreadPoolExecutor(len(seats)) as all_at_once:
            list(all_at_once.map(lambda seat: seat.ent.start(), seats.values()))
        if post_office:
            settings = replace(settings, **_mails_to(seats[post_office]))
        hub = closing.enter_context(running_hub(settings, TEST))
        control = closing.enter_context(open_control(settings))
        operator = Operator(hub.address, control.api_keys.make(None, (OPERATE,)))
        board = Board(seats, operator, {})
        for name, seat in seats.items():
            _declare(control, hub.address, name, seat, token)
        (projects or _open_projects)(board)
        yield board


def _mails_to(seat: Seat) -> dict[str, str]:
    port = seat.say({"what": "post"})["port"]
    return {"mail_relay": f"smtp://127.0.0.1:{port}", "mail_from": "preau@hub.example"}


def _seats(folder: Path, token: str, *, again: bool) -> dict[str, Seat]:
    known = sides()
    asked = [(first(product), known[product], "") for product in known]
    twice = [(second(product), known[product]) for product in known if again]
    asked += [(name, kind, _degree(name)) for name, kind in twice if kind.shares]
    asked += [(f"temoin-{degree.lower()}", known[WITNESS], degree) for degree in AUTHORISED_BY]
    found = {}
    for number, (name, kind, degree) in enumerate(asked):
        side = kind(name, number)
        side.degree = degree or side.degree
        ent = EntProcess(name if name in INSTANCES else side.product, folder / name, token)
        found[name] = Seat(side, ent, uai(number, 0))
    return found


def _degree(name: str) -> str:
    return INSTANCES[name].degree if name in INSTANCES else ""


def _declare(control: Control, address: str, name: str, seat: Seat, token: str) -> None:
    card = control.card(seat.side.product)
    way = card.ways_out[0]
    drops = {"drops": str(control.settings.drop_folder / name)} if way == "file" else {}
    seat.ask("POST /_sandbox/seed", seat.side.seed(seat.uai) | drops)
    said = (name, seat.side.product, seat.side.degree, "11", seat.ent.origin, token, way)
    control.instances.put(Instance(*said, loopback=True, disabled=False))
    ensure_share_topic(control, name)
    key = control.api_keys.make(name, (PUBLISH,))
    seat.ask("POST /_sandbox/hub", {"url": f"{address}/v1/intake/{name}", "key": key})
    if not card.silent:
        seat.say({"what": "directory"})


def _open_projects(board: Board) -> None:
    for pair in board.pairs():
        board.projects[pair] = _project(board, pair)


def with_directory(board: Board, source: str, directory: str) -> str:
    """A project of one product's school, whose people are to be in this directory service too."""
    pair = Pair(source, directory)
    return _project(board, pair, [source, *_witness(board, (source,))], (directory,))


def alone(board: Board, name: str, title: str) -> str:
    """A project of one product's school with its witness, told as going to `title`."""
    return _project(board, Pair(name, title), [name, *_witness(board, (name,))])


def _project(
    board: Board, pair: Pair, places: Sequence[str] = (), directories: Sequence[str] = ()
) -> str:
    places = places or [*pair, *_witness(board, pair)]
    made: list[str] = []

    def created() -> bool:
        try:
            asked = _asked(board, pair, places)
            asked["participants"][0]["directories"] = list(directories)
            made.append(board.operator.create(asked))
        except StoryBroken:  # the directories are still on their way
            return False
        return True

    until(created, tick_s=0.2)
    for name in places:
        seat = board.seats[name]
        for by in AUTHORISED_BY[seat.side.degree]:
            decision = "TRANSMITTED" if by == "DIRECTOR" else "AUTHORISED"
            board.operator.decide(made[0], seat.uai, decision, by)
    return made[0]


def _witness(board: Board, there_are: Sequence[str]) -> Sequence[str]:
    there = {board.seats[name].side.degree for name in there_are}
    return [f"temoin-{degree.lower()}" for degree in AUTHORISED_BY if degree not in there]


def _asked(board: Board, pair: Pair, places: Sequence[str]) -> Order:
    taking_part = [(name, board.seats[name]) for name in places]
    return {
        "title": pair.title,
        "purpose": "PROJET_PEDAGOGIQUE",
        "from": "2026-09-01",
        "until": "2027-07-02",
        "convention": {"reference": "C-1", "signed_by": "DASEN", "signed_on": "2026-09-01"},
        "participants": [
            {"uai": seat.uai, "instance": name}
            | {"classes": list(seat.side.classes), "members": list(seat.side.picked)}
            for name, seat in taking_part
        ],
    }
