"""The outbox gives rows in order per entity, parents first, and remembers what was started."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.store.database import open_database, prepare
from preau.store.deliveries import Claimed, Deliveries, Delivery, Settled
from preau.store.receipts import Receipt, Receipts
from tests.store.plans import Explained

Make = Callable[[], sa.Engine]


@pytest.fixture
def engine(database: str) -> Iterator[Make]:
    """Opens the same database again and again, as processes do."""
    with ExitStack() as closing:

        def make() -> sa.Engine:
            engine = open_database(database)
            prepare(engine)
            closing.callback(engine.dispose)
            return engine

        yield make


@pytest.fixture
def one(engine: Make) -> sa.Engine:
    return engine()


def row(entity: str, version: int = 1, *parents: str, to: str = "mon-ent") -> Delivery:
    event = f"{to}:{entity}:{version}"
    body = {"group": entity, "levels": ["CM2"], "n": 1, "gone": None}
    return Delivery(event, to, "p", "GROUP_PUT", entity, version, parents, "c", 5, body)


def done(claimed: Claimed, outcome: str = "APPLIED", **native: str) -> Settled:
    said = claimed.delivery
    return Settled(said.destination, said.entity, said.version, "DONE", outcome, "", 0, native)


def names(claimed: list[Claimed]) -> list[tuple[str, int]]:
    return [(each.delivery.entity, each.delivery.version) for each in claimed]


def test_a_row_comes_out_as_it_went_in(engine: Make) -> None:
    outbox = Deliveries(engine())
    outbox.insert([row("group:a", 1, "group:b")])
    outbox.insert([row("group:b")])
    (first,) = outbox.claim("mon-ent", 0, 9, ())
    assert first == Claimed(row("group:b"), 0, unknown=False)
    outbox.settle([done(first)])
    (second,) = outbox.claim("mon-ent", 0, 9, ())
    assert second.delivery == row("group:a", 1, "group:b")


def test_what_is_started_or_busy_or_of_another_destination_is_not_claimed(engine: Make) -> None:
    outbox = Deliveries(engine())
    outbox.insert([row("a"), row("b"), row("c", to="ent-ecole")])
    assert names(outbox.claim("mon-ent", 0, 9, {"a"})) == [("b", 1)]
    assert names(outbox.claim("mon-ent", 0, 9, ())) == [("a", 1)]
    assert outbox.claim("mon-ent", 0, 9, ()) == []
    assert outbox.destinations() == ["ent-ecole", "mon-ent"]


def test_what_a_dead_process_left_started_is_unknown(engine: Make) -> None:
    outbox = Deliveries(engine())
    outbox.insert([row("a")])
    outbox.claim("mon-ent", 0, 9, ())
    fresh = Deliveries(engine())
    fresh.release("mon-ent")
    assert [each.unknown for each in fresh.claim("mon-ent", 0, 9, ())] == [True]


def test_a_refused_parent_holds_its_children_until_a_later_version_is_applied(
    engine: Make,
) -> None:
    outbox = Deliveries(engine())
    outbox.insert([row("g"), row("m", 1, "g")])
    outbox.settle([done(each, "REFUSED") for each in outbox.claim("mon-ent", 0, 9, ())])
    assert outbox.claim("mon-ent", 0, 9, ()) == []
    outbox.insert([row("g", 2)])
    outbox.settle([done(each) for each in outbox.claim("mon-ent", 0, 9, ())])
    assert names(outbox.claim("mon-ent", 0, 9, ())) == [("m", 1)]


def test_a_row_that_is_done_keeps_no_body(engine: Make) -> None:
    outbox = Deliveries(engine())
    outbox.insert([row("a")])
    outbox.settle([done(each) for each in outbox.claim("mon-ent", 0, 9, ())])
    with engine().connect() as connection:
        assert connection.execute(sa.text("select body from delivery")).scalars().all() == ["{}"]


def test_a_postponed_row_waits_for_its_time_and_keeps_what_was_learnt(engine: Make) -> None:
    outbox = Deliveries(engine())
    outbox.insert([row("a")])
    (claimed,) = outbox.claim("mon-ent", 0, 9, ())
    later = done(claimed, "PENDING", native_id="7", uid="X")._replace(
        state="WAITING", next_at=100, unknown=True, attempts=1
    )
    outbox.settle([later])
    assert outbox.claim("mon-ent", 99, 9, ()) == []
    assert outbox.next_at("mon-ent") == 100
    assert outbox.natives("mon-ent", ["a", "b"]) == {"a": {"native_id": "7", "uid": "X"}}
    (again,) = outbox.claim("mon-ent", 100, 9, ())
    assert (again.attempts, again.unknown) == (1, True)
    outbox.settle([done(again)._replace(forget=True)])
    assert outbox.natives("mon-ent", ["a"]) == {}
    assert outbox.next_at("mon-ent") is None


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations([(e, v) for e in "abc" for v in range(1, 5)]), st.integers(1, 4))
def test_whatever_the_arrival_each_entity_comes_out_by_version(
    one: sa.Engine, arrival: list[tuple[str, int]], limit: int
) -> None:
    with one.begin() as connection:
        connection.execute(sa.text("delete from delivery"))
    outbox = Deliveries(one)
    outbox.insert([row(entity, version) for entity, version in arrival])
    seen: list[tuple[str, int]] = []
    while claimed := outbox.claim("mon-ent", 0, limit, ()):
        seen += names(claimed)
        outbox.settle([done(each) for each in claimed])
    assert len(seen) == 12
    for entity in "abc":
        assert [v for e, v in seen if e == entity] == [1, 2, 3, 4]


def test_the_page_sees_the_last_answer_for_each_thing_whatever_the_order(engine: Make) -> None:
    kept = Receipts(engine())
    first = Receipt("r1", "d", "mon-ent", "p", "g", "GROUP_PUT", 1, "PENDING", "X", "", "c", 5)
    last = first._replace(event_id="r2", outcome="APPLIED", reason="", native_id="7", at=9)
    newer = first._replace(event_id="r3", version=2, outcome="REFUSED", at=7)
    for order in ([first, last], [last, first, last]):
        kept.put(order)
        assert kept.of_project("p") == [last]
    kept.put([newer, last, first])
    assert kept.of_project("p") == [newer]
    assert kept.of_project("q") == []


def test_what_is_done_is_not_gone_through_to_find_what_is_due(explained: Explained) -> None:
    """One walk along what waits; everything else by entity."""
    outbox = Deliveries(explained.engine)
    outbox.claim("mon-ent", 0, 9, ())
    outbox.orphans("mon-ent", 9, ())
    walks = [plan for plan in explained.plans if "delivery_due" in plan]
    assert walks == ["SEARCH d USING INDEX delivery_due (destination=? AND state=?)"] * 2
    assert "SCAN d" not in explained.plans
