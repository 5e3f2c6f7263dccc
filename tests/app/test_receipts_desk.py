"""An ENT that accepted says later what it did: once, idempotent, and the outbox learns it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from preau.agents.receipts import ReceiptsStep
from preau.app.receipts_desk import ReceiptsDesk
from preau.app.steps import reader
from preau.broker.records import Arrival, Output
from preau.clock import SetClock
from preau.errors import SetAside, TryAgain
from preau.store.database import open_database, prepare
from preau.store.deliveries import Deliveries, Delivery, Settled
from preau.store.receipt_levels import Asked
from preau.store.receipts import Receipts
from preau.web.follow_up import LaterAnswer

NOW = 1_791_792_000_000
APPLIED = LaterAnswer("d-1", "APPLIED", "", "G7")
REFUSED = LaterAnswer("d-1", "REFUSED", "ARCHIVED")


class Hub:
    """The desk, the outbox, and the step that hears receipts."""

    def __init__(self, database: str) -> None:
        self.engine = open_database(database)
        prepare(self.engine)
        self.clock = SetClock(NOW)
        self.desk = ReceiptsDesk(self.engine, self.clock)
        self.outbox = Deliveries(self.engine)
        said = ("d-1", "ent", "p-1", "GROUP_PUT", "group:1", 1, (), "cause", NOW, {"group": "1"})
        self.outbox.insert([Delivery(*said)])

    def settle(self, outcome: str, state: str = "DONE") -> None:
        self.outbox.settle([Settled("ent", "group:1", 1, state, outcome, "", 0, {})])

    def hear(self, outputs: list[Output]) -> None:
        step = ReceiptsStep(Receipts(self.engine), reader("receipt"))
        step.handle([Arrival(o.topic, 0, 0, o.key, o.value, {}) for o in outputs])

    def outcome(self) -> str:
        found = self.outbox.told("ent", "d-1")
        assert found is not None
        return found[2]


@pytest.fixture
def hub(database: str) -> Iterator[Hub]:
    made = Hub(database)
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("before", ["ACCEPTED", "EXPIRED"])
@pytest.mark.parametrize("said", [APPLIED, REFUSED])
def test_a_later_answer_ends_what_was_accepted_or_given_up(
    hub: Hub, before: str, said: LaterAnswer
) -> None:
    hub.settle(before)
    (record,) = hub.desk.answer("ent", said)
    hub.hear([record])
    assert hub.outcome() == said.outcome
    [kept] = Receipts(hub.engine).of_project("p-1")
    assert (kept.outcome, kept.reason, kept.native_id) == (*said[1:3], said.native_id)
    assert kept.delivery == "d-1"


def test_the_same_answer_twice_is_one_receipt(hub: Hub) -> None:
    hub.settle("ACCEPTED")
    first = hub.desk.answer("ent", APPLIED)
    hub.hear(first)
    again = hub.desk.answer("ent", APPLIED)
    assert [dict(o.headers)["ce_id"] for o in first] == [dict(o.headers)["ce_id"] for o in again]
    hub.hear(again)
    assert len(Receipts(hub.engine).of_project("p-1")) == 1


def test_what_has_ended_is_not_ended_otherwise(hub: Hub) -> None:
    hub.settle("APPLIED")
    with pytest.raises(SetAside, match="RECEIPT_ENDED"):
        hub.desk.answer("ent", REFUSED)
    assert hub.outcome() == "APPLIED"


def test_an_answer_that_overtakes_the_call_is_asked_for_again(hub: Hub) -> None:
    hub.outbox.claim("ent", NOW, 1, ())
    with pytest.raises(TryAgain, match="RECEIPT_EARLY"):
        hub.desk.answer("ent", APPLIED)


def test_nobody_answers_for_another_ent(hub: Hub) -> None:
    hub.settle("ACCEPTED")
    for instance, delivery in (("other", "d-1"), ("ent", "d-2")):
        with pytest.raises(SetAside, match="DELIVERY_UNKNOWN"):
            hub.desk.answer(instance, APPLIED._replace(delivery=delivery))


def test_lines_need_a_choice(hub: Hub) -> None:
    with pytest.raises(SetAside, match="RECEIPT_CHOICE"):
        hub.desk.lines(Asked())
    assert hub.desk.lines(Asked(), only_late=True) == []


def test_the_ents_own_id_is_known_to_the_next_delivery(hub: Hub) -> None:
    hub.settle("ACCEPTED")
    said = APPLIED._replace(native_id="n-77")
    hub.hear(hub.desk.answer("ent", said))
    with hub.engine.connect() as connection:
        (row,) = connection.execute(sa.text("select * from native_id")).all()
    assert tuple(row)[2:] == ("native_id", "n-77")
    assert hub.outbox.natives(row[0], [row[1]]) == {row[1]: {"native_id": "n-77"}}


def test_a_refusal_teaches_no_id(hub: Hub) -> None:
    hub.settle("ACCEPTED")
    hub.hear(hub.desk.answer("ent", REFUSED._replace(native_id="n-77")))
    with hub.engine.connect() as connection:
        assert connection.execute(sa.text("select * from native_id")).all() == []


def test_an_old_answer_read_again_teaches_no_id_of_what_was_withdrawn_since(hub: Hub) -> None:
    hub.settle("ACCEPTED")
    first = hub.desk.answer("ent", APPLIED)
    hub.hear(first)
    gone = ("d-2", "ent", "p-1", "GROUP_REMOVE", "group:1", 2, (), "cause", NOW, {"group": "1"})
    hub.outbox.insert([Delivery(*gone)])
    hub.outbox.settle([Settled("ent", "group:1", 2, "DONE", "ACCEPTED", "", 0, {}, forget=True)])
    hub.hear(hub.desk.answer("ent", LaterAnswer("d-2", "APPLIED")))
    hub.hear(first)
    assert hub.outbox.natives("ent", ["group:1"]) == {}


def test_a_receipt_that_comes_after_the_withdrawal_teaches_no_id(hub: Hub) -> None:
    hub.settle("APPLIED")
    gone = ("d-2", "ent", "p-1", "GROUP_REMOVE", "group:1", 2, (), "cause", NOW, {"group": "1"})
    hub.outbox.insert([Delivery(*gone)])
    hub.outbox.settle([Settled("ent", "group:1", 2, "DONE", "APPLIED", "", 0, {}, forget=True)])
    hub.hear(hub.desk.answer("ent", APPLIED._replace(native_id="n-77")))
    assert hub.outbox.natives("ent", ["group:1"]) == {}
