"""The place of each inlet begins once, moves when it is told to, and says its state."""

from __future__ import annotations

import sqlalchemy as sa

from preau.store import polls
from preau.store.polls import Poll

FIRST = Poll("ent", "feed", "0", moved_at=5)


def test_a_place_begins_once(connection: sa.Connection) -> None:
    assert polls.get(connection, "ent", "feed") is None
    assert polls.begin(connection, FIRST) == FIRST
    moved = FIRST._replace(cursor="7", seen="ab cd", answered_at=9, asked_at=9, due=10)
    polls.put(connection, moved)
    assert polls.begin(connection, FIRST) == moved
    assert polls.every(connection) == [moved]


def test_a_place_that_has_not_begun_is_not_made_by_moving(connection: sa.Connection) -> None:
    polls.put(connection, FIRST)
    assert polls.every(connection) == []


def test_asking_now_forgets_the_pause_of_one_instance(connection: sa.Connection) -> None:
    for name in ("ent", "other"):
        polls.begin(connection, FIRST._replace(instance=name, due=99, tries=3))
    assert polls.ask_now(connection, "ent") == 1
    assert [(row.due, row.tries) for row in polls.every(connection)] == [(0, 3), (99, 3)]
    assert polls.ask_now(connection, "nobody") == 0
    polls.forget(connection, "ent", "feed")
    assert [row.instance for row in polls.every(connection)] == ["other"]


def test_the_states_of_enabled_instances_are_counted(connection: sa.Connection) -> None:
    insert = sa.text(
        "insert into instance (name, connector, degree, base_url, secret, way_out, loopback,"
        " disabled) values (:name, 'p', '', '', :secret, 'none', false, :disabled)"
    )
    for name, disabled in (("a", False), ("b", False), ("c", False), ("d", True)):
        connection.execute(insert, {"name": name, "secret": b"", "disabled": disabled})
        polls.begin(connection, FIRST._replace(instance=name))
    polls.put(connection, FIRST._replace(instance="b", answered_at=3))
    polls.put(connection, FIRST._replace(instance="c", answered_at=3, code="POLL_BUSY", said="it"))
    assert polls.by_state(connection) == {"well": 1, "troubled": 1, "new": 1}
