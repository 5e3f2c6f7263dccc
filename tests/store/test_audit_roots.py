"""A day that is over is signed once; its entries go after a year, its root stays."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from preau.errors import Stop
from preau.keys.master import MasterKey
from preau.keys.signing import SigningKey, signed_by
from preau.store import audit
from preau.store.audit import OPERATOR, Act
from preau.store.audit_chain import Link
from preau.store.audit_proof import Held, Proof, prove
from preau.store.audit_roots import (
    KEPT_MS,
    close_days,
    forget,
    last_gone,
    root_so_far,
    roots,
    signing_key,
)

NOON = 1_791_806_400_000  # 2026-10-12, 12:00 UTC
DAY_MS = 86_400_000
MASTER = MasterKey(bytes(range(32)))


def act(connection: sa.Connection, day: int, count: int = 1) -> None:
    """So many acts on this day, counted from 12 October."""
    for number in range(count):
        said = Act(OPERATOR, "instance.changed", f"ent-{number}", {})
        audit.append(connection, said, NOON + day * DAY_MS + number)


@pytest.fixture
def key(connection: sa.Connection) -> SigningKey:
    return signing_key(connection, MASTER)


def proof(connection: sa.Connection, key: SigningKey, now_ms: int) -> Proof:
    end = audit.head(connection)
    place = Held(
        *(key.public, roots(connection), Link(end.seq, end.digest)),
        kept_from=f"{last_gone(now_ms)}~",
    )
    return prove(audit.every(connection), place)


def test_the_signing_key_is_made_once_and_opens_with_the_master_key_only(
    connection: sa.Connection, key: SigningKey
) -> None:
    assert signing_key(connection, MASTER).public == key.public
    with pytest.raises(Stop, match="MASTER_KEY_WRONG"):
        signing_key(connection, MasterKey(bytes(32)))


def test_each_day_that_is_over_has_one_root_and_each_root_holds_the_last_one(
    connection: sa.Connection, key: SigningKey
) -> None:
    for day, count in ((0, 3), (1, 2), (4, 1), (5, 2)):
        act(connection, day, count)
    first, second, third = close_days(connection, key, NOON + 5 * DAY_MS)
    assert [(each.day, each.first, each.last) for each in (first, second, third)] == [
        ("2026-10-12", 1, 3),
        ("2026-10-13", 4, 5),
        ("2026-10-16", 6, 6),
    ]
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert all(root.genuine(key.public) for root in roots(connection))
    assert proof(connection, key, NOON) == (8, 3, None)


def test_a_day_is_closed_once_and_nothing_is_written_in_it_afterwards(
    connection: sa.Connection, key: SigningKey
) -> None:
    act(connection, 0)
    assert len(close_days(connection, key, NOON + DAY_MS)) == 1
    assert close_days(connection, key, NOON + DAY_MS) == []
    act(connection, 0)  # a process whose clock is slow
    assert [each.day for each in audit.entries(connection)] == ["2026-10-12", "2026-10-13"]
    assert proof(connection, key, NOON).fault is None


def test_a_day_without_an_act_has_no_root(connection: sa.Connection, key: SigningKey) -> None:
    assert close_days(connection, key, NOON) == []
    act(connection, 0)
    assert close_days(connection, key, NOON) == []  # today is not over
    assert root_so_far(connection, key, NOON) is not None


def test_the_root_of_an_open_day_is_for_others_to_hold(
    connection: sa.Connection, key: SigningKey
) -> None:
    assert root_so_far(connection, key, NOON) is None
    act(connection, 0, 2)
    held = root_so_far(connection, key, NOON)
    assert held is not None
    assert (held.first, held.last, held.genuine(key.public)) == (1, 2, True)
    assert roots(connection) == []
    connection.execute(sa.text("delete from audit_entry where seq = 2"))
    before = Link(1, audit.entries(connection)[0].digest)
    cut = Held(key.public, [], before)
    assert prove(audit.every(connection), cut).fault is None
    found = prove(audit.every(connection), cut._replace(outside=[held])).fault
    assert str(found) == "entry 2: the end of the chain was cut off from here on"


def test_entries_go_after_a_year_and_the_chain_is_still_proved(
    connection: sa.Connection, key: SigningKey
) -> None:
    act(connection, 0, 2)
    act(connection, 1, 2)
    later = NOON + DAY_MS + KEPT_MS
    close_days(connection, key, later)
    assert forget(connection, later - DAY_MS) == 2
    assert [each.seq for each in audit.entries(connection)] == [3, 4]
    assert proof(connection, key, later) == (2, 2, None)
    assert forget(connection, later) == 2
    assert proof(connection, key, later) == (0, 2, None)
    act(connection, 400)
    assert proof(connection, key, later) == (1, 2, None)


def test_entries_without_a_root_are_never_forgotten(connection: sa.Connection) -> None:
    act(connection, 0)
    assert forget(connection, NOON + 2 * KEPT_MS) == 0


def test_a_signature_of_another_key_is_none(key: SigningKey) -> None:
    assert signed_by(key.public, key.sign(b"a"), b"a")
    assert not signed_by(key.public, key.sign(b"a"), b"b")
    assert not signed_by(bytes(32), key.sign(b"a"), b"a")
    assert not signed_by(b"short", b"", b"a")
