"""The routes of who is who: the operator's only, and what they hand to the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from preau.agents.likely import Pair, Side
from preau.broker.records import Output
from preau.errors import SetAside
from preau.store.rulings import Ruling
from preau.web.moves import Move, MoveReport

LEFT, RIGHT = Side("p1", ("ecoles/1",), ("0990002P",)), Side("p2", ("colleges/2",), ())
PAIR = Pair("PROBABLE", "cm2_to_6e", ("group.levels",), LEFT, RIGHT)


class Desk:
    """One pair, and the orders that were given."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.orders: list[tuple[str, ...]] = []

    def review(self, *, possible: bool = False) -> Sequence[Pair]:
        return [PAIR, PAIR] if possible else [PAIR]

    def rulings(self) -> Sequence[Ruling]:
        return [Ruling("r1", "SAME", ("a/1",), ("b/2",), "cm2_to_6e", (), "DASEN", 7)]

    def moving(self, move: Move) -> MoveReport:
        assert move.before != move.after
        return MoveReport(5, {"alone": 1}, (PAIR,), (), 3, 1, ())

    def confirm_move(self, move: Move, by: str, actor: str) -> tuple[int, list[Output]]:
        if move.before == "none":
            raise SetAside("INSTANCE_UNKNOWN", "no such instance", fix="declare it")
        self.orders.append(("move", *move, by, actor))
        return 1, [Output(self.topic, b"r1", b"move", [])]

    def confirm(self, pair: str, by: str, actor: str) -> tuple[str, list[Output]]:
        return self._ruled("confirm", pair, by, actor)

    def refuse(self, pair: str, by: str, actor: str) -> tuple[str, list[Output]]:
        return self._ruled("refuse", pair, by, actor)

    def split(self, source: str, by: str, actor: str) -> tuple[str, list[Output]]:
        return self._ruled("split", source, by, actor)

    def undo(self, ruling: str, by: str, actor: str) -> tuple[str, list[Output]]:
        return self._ruled("undo", ruling, by, actor)

    def _ruled(self, *order: str) -> tuple[str, list[Output]]:
        if order[1] == "none":
            raise SetAside("PAIR_UNKNOWN", "no pair that waits has this id", fix="see the list")
        self.orders.append(order)
        return "r1", [Output(self.topic, b"r1", order[0].encode(), [])]


@pytest.fixture
def desk(world: Any) -> Desk:
    return Desk(world.topic)


@pytest.fixture
def running(world: Any, serve: Any, desk: Desk) -> Any:
    with serve(world, identity=desk) as app:
        yield app


@pytest.mark.kafka
def test_pairs_and_rulings_are_told_by_ids_and_names_of_fields(running: Any) -> None:
    key = "Bearer operator-key"
    (told,) = running.call("GET", "/v1/identity/review", Authorization=key).json["pairs"]
    assert (told["id"], told["assurance"]) == (PAIR.id, "PROBABLE")
    assert told["left"] == {"person": "p1", "sources": ["ecoles/1"], "schools": ["0990002P"]}
    both = running.call("GET", "/v1/identity/review?possible=true", Authorization=key).json
    assert len(both["pairs"]) == 2
    told = running.call("GET", "/v1/identity/people/ecoles/1", Authorization=key).json
    assert told == {"person": "ecoles/1"}
    (ruling,) = running.call("GET", "/v1/identity/rulings", Authorization=key).json["rulings"]
    assert (ruling["id"], ruling["ruled_by"], ruling["at"]) == ("r1", "DASEN", 7)


@pytest.mark.kafka
def test_what_is_ruled_is_written_before_it_is_answered(running: Any, desk: Desk) -> None:
    by = {"by": "PRINCIPAL"}
    orders = {
        "/v1/identity/pairs/p7/confirm": by,
        "/v1/identity/pairs/p7/refuse": by,
        "/v1/identity/split": {"source": "ent/3", **by},
        "/v1/identity/rulings/r1/undo": by,
    }
    for path, body in orders.items():
        done = running.post(path, body, key="operator-key")
        assert (done.status, done.json) == (202, {"ruling": "r1"})
    who = ("PRINCIPAL", "key:operate")
    assert desk.orders == [
        ("confirm", "p7", *who),
        ("refuse", "p7", *who),
        ("split", "ent/3", *who),
        ("undo", "r1", *who),
    ]
    assert [message.value() for message in running.read(4)] == [
        *(b"confirm", b"refuse", b"split", b"undo")
    ]


@pytest.mark.kafka
def test_a_move_is_told_and_then_ruled(running: Any, desk: Desk) -> None:
    asked = "uai=0110010K&from=old&to=new"
    told = running.call("GET", f"/v1/identity/moves?{asked}", Authorization="Bearer operator-key")
    assert (told.status, told.json["people"], told.json["waiting"]) == (200, 5, [PAIR.id])
    assert desk.orders == []
    order = {"uai": "0110010K", "from": "old", "to": "new", "by": "PRINCIPAL"}
    done = running.post("/v1/identity/moves", order, key="operator-key")
    assert (done.status, done.json) == (202, {"pairs": 1})
    assert desk.orders == [("move", "0110010K", "old", "new", "PRINCIPAL", "key:operate")]
    assert [message.value() for message in running.read(1)] == [b"move"]
    unknown = running.post("/v1/identity/moves", {**order, "from": "none"}, key="operator-key")
    assert (unknown.status, unknown.json["code"]) == (404, "INSTANCE_UNKNOWN")
    bad = running.post("/v1/identity/moves", {**order, "uai": "11"}, key="operator-key")
    assert (bad.status, bad.json["code"], bad.json["field"]) == (422, "RULING_FORM", "uai")


@pytest.mark.kafka
def test_a_refusal_has_its_status_and_a_bad_form_its_field(running: Any, desk: Desk) -> None:
    path = "/v1/identity/pairs/none/confirm"
    unknown = running.post(path, {"by": "DASEN"}, key="operator-key")
    assert (unknown.status, unknown.json["code"]) == (404, "PAIR_UNKNOWN")
    bad = running.post("/v1/identity/split", {"source": 3, "by": "DASEN"}, key="operator-key")
    assert (bad.status, bad.json["code"], bad.json["field"]) == (422, "RULING_FORM", "source")
    assert desk.orders == []


@pytest.mark.kafka
@pytest.mark.parametrize("key", ["school-key", "reader-key", "nobody"])
def test_the_routes_are_the_operators_only(running: Any, desk: Desk, key: str) -> None:
    status = 401 if key == "nobody" else 403
    bearer = f"Bearer {key}"
    assert running.call("GET", "/v1/identity/review", Authorization=bearer).status == status
    for path in ("rulings", "moves", "people/x"):
        assert running.call("GET", f"/v1/identity/{path}", Authorization=bearer).status == status
    for path in ("pairs/p/confirm", "pairs/p/refuse", "split", "rulings/r/undo", "moves"):
        assert running.post(f"/v1/identity/{path}", {"by": "X"}, key=key).status == status
    assert desk.orders == []
