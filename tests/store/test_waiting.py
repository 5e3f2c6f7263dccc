"""What waits: since the first time, for one thing, told of once, until it waits no longer."""

from __future__ import annotations

import sqlalchemy as sa

from preau.store import waiting
from preau.store.waiting import ECHO, PARENT, Waiting

ROW = Waiting("share", "ecole/1", "p", "ecole", PARENT, 100)


def test_what_waits_does_so_since_the_first_time(connection: sa.Connection) -> None:
    waiting.put(connection, [ROW])
    waiting.put(connection, [ROW._replace(since=900)])
    assert waiting.of(connection, "p", "share", ["ecole/1", "ecole/2"]) == {"ecole/1": ROW}
    assert waiting.of(connection, "q", "share", ["ecole/1"]) == {}
    assert waiting.of(connection, "p", "homework", ["ecole/1"]) == {}


def test_to_wait_for_something_else_begins_anew(connection: sa.Connection) -> None:
    waiting.put(connection, [ROW])
    waiting.tell(connection, [ROW], 200)
    waiting.mark_sent(connection, [ROW])
    echo = ROW._replace(why=ECHO, since=300)
    waiting.put(connection, [echo])
    assert waiting.since(connection, ECHO, 300) == [echo]
    assert waiting.unsent(connection) == []


def test_what_has_waited_long_enough_is_found_the_longest_first(connection: sa.Connection) -> None:
    late, later = ROW, ROW._replace(key="ecole/2", since=50)
    waiting.put(connection, [late, later, ROW._replace(key="ecole/3", since=101)])
    assert waiting.since(connection, PARENT, 100) == [later, late]
    assert waiting.since(connection, ECHO, 100) == []


def test_what_was_told_of_is_not_found_again_and_waits_on(connection: sa.Connection) -> None:
    waiting.put(connection, [ROW])
    waiting.tell(connection, [ROW], 200)
    assert waiting.since(connection, PARENT, 900) == []
    assert waiting.unsent(connection) == [(ROW, 200)]
    waiting.mark_sent(connection, [ROW])
    assert waiting.unsent(connection) == []
    assert waiting.pending(connection) == 1


def test_only_what_waits_for_a_document_is_counted(connection: sa.Connection) -> None:
    assert waiting.pending(connection) == 0
    waiting.put(connection, [ROW, ROW._replace(project="q"), ROW._replace(key="x", why=ECHO)])
    assert waiting.pending(connection) == 2
    waiting.drop(connection, [ROW])
    assert waiting.pending(connection) == 1


def test_what_waits_for_an_answer_is_found_by_who_said_it(connection: sa.Connection) -> None:
    echo = ROW._replace(why=ECHO)
    waiting.put(connection, [echo, ROW._replace(key="ecole/2")])
    assert waiting.for_answer(connection, "p", "ecole") == [echo]
    assert waiting.for_answer(connection, "p", "college") == []
    assert waiting.for_answer(connection, "q", "ecole") == []
