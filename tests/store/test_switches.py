"""A cut holds from the moment it is written, once, until it is resumed; both are in the chain."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from preau.store import audit, kept_back, switches
from preau.store.deliveries import Deliveries, Delivery
from preau.store.kept_back import KeptBack
from preau.store.switches import INSTANCE, RECORD, UAI, Cut, Order

NOW = 1_791_806_400_000
BY = "key:0011223344556677"


def cut(connection: sa.Connection, kind: str, target: str, *, withdrawals: bool = False) -> Cut:
    return switches.cut(connection, Order(kind, target, withdrawals), BY, NOW)


def acts(connection: sa.Connection) -> list[tuple[str, str]]:
    return [(each.act, each.object) for each in audit.entries(connection)]


def test_a_cut_is_there_until_it_is_resumed(connection: sa.Connection) -> None:
    first = cut(connection, INSTANCE, "ent-ecole")
    second = cut(connection, UAI, "0119001Z")
    assert switches.cuts(connection) == [first, second]
    ended = switches.resume(connection, first.id, BY, NOW + 5)
    assert ended == first._replace(resumed_at=NOW + 5)
    assert switches.cuts(connection) == [second]
    assert switches.last(connection) == [second, ended]
    assert acts(connection) == [
        ("switch.cut", "ent-ecole"),
        ("switch.cut", "0119001Z"),
        ("switch.resumed", "ent-ecole"),
    ]
    assert {each.actor for each in audit.entries(connection)} == {BY}


def test_the_number_of_a_cut_is_that_of_its_entry_in_the_chain(connection: sa.Connection) -> None:
    made = cut(connection, RECORD, "homework")
    assert audit.head(connection).seq == made.id


def test_what_is_cut_already_stays_cut_since_it_was(connection: sa.Connection) -> None:
    first = cut(connection, INSTANCE, "ent-ecole")
    assert cut(connection, INSTANCE, "ent-ecole") == first
    assert len(acts(connection)) == 1
    changed = cut(connection, INSTANCE, "ent-ecole", withdrawals=True)
    assert changed == first._replace(withdrawals=True)
    assert switches.cuts(connection) == [changed]
    assert len(acts(connection)) == 2


def test_a_cut_that_is_over_cannot_be_resumed_again(connection: sa.Connection) -> None:
    made = cut(connection, INSTANCE, "ent-ecole")
    assert switches.resume(connection, made.id, BY, NOW) is not None
    assert switches.resume(connection, made.id, BY, NOW) is None
    assert switches.resume(connection, 99, BY, NOW) is None
    assert cut(connection, INSTANCE, "ent-ecole").id > made.id


def test_of_what_is_kept_back_the_newest_of_each_key_stays(connection: sa.Connection) -> None:
    rows = [KeptBack("group", f"e/{n % 2}", bytes([n]), 7, NOW + n) for n in range(4)]
    kept_back.put(connection, rows)
    assert kept_back.count(connection) == 2
    assert kept_back.free(connection, [7], 10) == []
    assert kept_back.free(connection, [8], 10) == rows[2:]
    assert kept_back.free(connection, [], 1) == rows[2:3]
    kept_back.drop(connection, rows[2:3])
    assert kept_back.free(connection, [], 10) == rows[3:]


def row(to: str, operation: str, source: str = "", project: str = "p-1") -> Delivery:
    body = {"share": "s", "source_instance": source} if source else {"group": "g"}
    entity = f"{operation}:{to}:{source}:{project}"
    return Delivery(entity, to, project, operation, entity, 1, (), "c", NOW, body)


ROWS = (
    row("ecole", "GROUP_PUT"),
    row("ecole", "SHARE_PUT", "college"),
    row("ecole", "HOMEWORK_PUT"),
    row("ecole", "MEMBER_REMOVE"),
    row("ecole", "GROUP_PUT", project="p-2"),
    row("college", "GROUP_PUT"),
    row("college", "SHARE_PUT", "ecole"),
    row("college", "SHARE_PUT", "ecole", project="p-2"),
    row("college", "SHARE_REMOVE"),
)


@pytest.fixture
def queued(connection: sa.Connection) -> None:
    """All rows wait; the first project has its establishment in the ENT of the écoles."""
    connection.execute(
        sa.text(
            "insert into project_place (project, uai, instance, decision, by_role, at, place)"
            " values ('p-1', '0119001Z', 'ecole', 'AUTHORISED', 'DASEN', 1, 0)"
        )
    )
    connection.commit()
    Deliveries(connection.engine).insert(ROWS)


@pytest.mark.parametrize(
    ("order", "held"),
    [
        (Order(INSTANCE, "ecole"), {0, 1, 2, 3, 4, 6, 7}),
        (Order(INSTANCE, "ecole", withdrawals=True), {0, 1, 2, 4, 6, 7}),
        (Order(INSTANCE, "col"), set()),
        (Order(RECORD, "homework"), {2}),
        (Order(RECORD, "share"), {1, 6, 7, 8}),
        (Order(RECORD, "share", withdrawals=True), {1, 6, 7}),
        (Order(RECORD, "membership"), {3}),
        (Order(RECORD, "establishment"), set()),
        (Order(UAI, "0119001Z"), {0, 1, 2, 3, 6}),
        (Order(UAI, "0119001Z", withdrawals=True), {0, 1, 2, 6}),
        (Order(UAI, "0119002A"), set()),
    ],
)
@pytest.mark.usefixtures("queued")
def test_a_cut_holds_what_goes_there_and_nothing_else(
    connection: sa.Connection, order: Order, held: set[int]
) -> None:
    outbox = Deliveries(connection.engine)
    with connection.engine.begin() as own:
        made = switches.cut(own, order, BY, NOW)
    went = {each.delivery.entity for to in ("ecole", "college") for each in claim(outbox, to)}
    assert went == {each.entity for at, each in enumerate(ROWS) if at not in held}
    with connection.engine.begin() as own:
        switches.resume(own, made.id, BY, NOW)
    later = [each for to in ("ecole", "college") for each in claim(outbox, to)]
    assert {each.delivery.entity for each in later} == {ROWS[at].entity for at in held}
    assert {each.attempts for each in later} <= {0}  # to wait is no attempt


def claim(outbox: Deliveries, to: str) -> list[Any]:
    return outbox.claim(to, NOW, 100, ())
