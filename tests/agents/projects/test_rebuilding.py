"""What follows from Kafka, emptied and filled again from it, is what it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from preau.broker.records import Arrival
from preau.canon.codec import decode
from preau.store import projections
from tests.agents.projects.conftest import OF_PEOPLE
from tests.agents.projects.life import Life

ACTS = st.tuples(
    st.sampled_from(["account", "entry", "gone", "joins", "leaves", "shares", "works", "closes"]),
    st.integers(0, 3),
)


@pytest.fixture
def life(hub: Any, say: Any, ecole: Any, college: Any) -> Life:
    return Life(hub, say, ecole, college)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=20))
@example(acts=[("account", 1), ("entry", 1), ("joins", 1), ("shares", 2), ("gone", 1)])
@example(acts=[("joins", 0), ("entry", 0), ("account", 0), ("works", 1), ("closes", 0)])
def test_after_any_life_it_is_what_it_was(life: Life, acts: list[tuple[str, int]]) -> None:
    life.hub.forget_everything()
    life.ledger.clear()
    life.begin()
    for act, number in acts:
        life.act(act, number)
    before = life.state()
    life.rebuilt()
    assert life.state() == before
    assert life.hub.restarted().opening() == []


def test_the_life_of_the_test_says_much(life: Life) -> None:
    life.begin()
    for act in ("account", "entry", "joins", "shares", "works"):
        life.act(act, 1)
    empty = {table for table, rows in life.state().items() if not rows}
    assert empty <= {"person_move", "set_aside"}
    told = dict(life.rebuilt())
    assert [what for what, count in told.items() if not count] == ["set aside"]


def test_who_left_an_ent_whose_withdrawals_name_nobody_is_still_found(life: Life) -> None:
    needs = {**OF_PEOPLE.needs, "MEMBER_REMOVE": ()}
    life.hub.cards["college"] = OF_PEOPLE._replace(needs=needs)
    life.begin()
    for act in ("account", "entry", "joins", "leaves"):
        life.act(act, 1)
    before = life.state()
    assert [_local(row) for row in before["outgoing"] if "MEMBER_REMOVE" in row] == ["u1"]
    life.rebuilt()
    assert life.state() == before


def test_a_decision_that_kafka_never_got_is_told_at_the_next_start(life: Life) -> None:
    life.begin()
    life.act("entry", 1)
    life.act("account", 1)
    life.ledger = [each for each in life.ledger if each.topic != "preau.link"]
    life.rebuilt()
    owed = life.fresh()[0].opening()
    assert sorted(each.key or b"" for each in owed) == [b"aaf/1", b"college/u1"]
    assert len({decode(each.value or b"").value["person"] for each in owed}) == 1


def test_a_hub_whose_tables_are_half_full_is_known(life: Life, tmp_path: Path) -> None:
    life.begin()

    class Broken:
        def read(self, topics: Sequence[str]) -> Iterator[list[Arrival]]:
            raise RuntimeError(tmp_path.name, *topics)

    with pytest.raises(RuntimeError):
        life.rebuilding().run(Broken(), lambda *_: None)
    with life.hub.engine.connect() as connection:
        assert projections.unfinished(connection)
    life.rebuilt()
    with life.hub.engine.connect() as connection:
        assert not projections.unfinished(connection)


def _local(row: str) -> str:
    return str(json.loads(row)["local"])
