"""A word about one thing costs the work of one thing, however much a project holds.

Work is counted in steps of SQLite's virtual machine, by ten: reading three hundred rows takes
thousands, whatever the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event

from preau.broker.records import Arrival
from tests.databases import only_sqlite

pytestmark = only_sqlite
MANY = 300
BY = 10


def work(hub: Any, batch: Sequence[Arrival]) -> int:
    """What the database did for this batch."""
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return 0

    def begin(connection: Any) -> None:
        connection.connection.dbapi_connection.set_progress_handler(count, BY)

    event.listen(hub.engine, "begin", begin)
    try:
        hub.step.handle(batch)
    finally:
        event.remove(hub.engine, "begin", begin)
    with hub.engine.connect() as connection:
        connection.connection.dbapi_connection.set_progress_handler(None, BY)
    hub.step.acknowledged()
    return done


def shared(say: Any, number: int) -> list[Arrival]:
    title = f"Conte {number}"
    return [
        say.resource(f"ecole/{number}", title),
        say.share(f"ecole/{number}", "ecole/G7"),
        say.homework(f"ecole/h{number}", "ecole/G7", title=title),
    ]


@pytest.fixture
def full(opened: Any, say: Any) -> Any:
    """A project with three hundred documents and homework, each answered for, and pupils."""
    links = []
    for number in range(MANY):
        links += opened.recognise(f"p{number}", f"aaf/{number}", f"college/u{number}")
    pupils = [say.member("aaf/6A", f"aaf/{number}") for number in range(MANY)]
    told = opened.hear(*pupils, *links, *(w for n in range(MANY) for w in shared(say, n)))
    opened.hear(*(say.receipt(each, f"n{n}") for n, each in enumerate(told)))
    opened.step.acknowledged()
    return opened


def test_the_measure_sees_a_whole_project(full: Any, ecole: Any, college: Any, say: Any) -> None:
    one = work(full, [say.resource("ecole/x", "X"), say.share("ecole/x", "ecole/G7")])
    assert work(full, [full.project(ecole, college, version=2)]) > 20 * one


def test_a_share_costs_the_same_in_a_full_project(opened: Any, say: Any, request: Any) -> None:
    first = work(opened, [say.resource("ecole/x", "X"), say.share("ecole/x", "ecole/G7")])
    full = request.getfixturevalue("full")
    assert work(full, [say.resource("ecole/y", "Y"), say.share("ecole/y", "ecole/G7")]) < 2 * first


def test_homework_and_a_new_title_cost_the_same_in_a_full_project(
    opened: Any, say: Any, request: Any
) -> None:
    opened.hear(say.resource("ecole/x", "X"), say.share("ecole/x", "ecole/G7"))
    words = [say.resource("ecole/x", "Y", 2), say.homework("ecole/hx", "ecole/G7")]
    first = work(opened, words)
    full = request.getfixturevalue("full")
    words = [say.resource("ecole/x", "Z", 3), say.homework("ecole/hy", "ecole/G7")]
    assert work(full, words) < 2 * first


def test_an_answer_costs_the_same_in_a_full_project(opened: Any, say: Any, request: Any) -> None:
    (put,) = opened.hear(say.resource("ecole/x", "X"), say.share("ecole/x", "ecole/G7"))
    first = work(opened, [say.receipt(put, "copy")])
    full = request.getfixturevalue("full")
    (put,) = full.hear(say.resource("ecole/y", "Y"), say.share("ecole/y", "ecole/G7"))
    assert work(full, [say.receipt(put, "other")]) < 2 * first


def test_a_membership_of_no_project_costs_the_same_beside_a_full_project(
    opened: Any, say: Any, request: Any
) -> None:
    first = work(opened, [say.member("aaf/3B", "aaf/x")])
    full = request.getfixturevalue("full")
    assert work(full, [say.member("aaf/3B", "aaf/y")]) < 2 * first


def test_a_pupil_costs_no_look_at_the_documents(full: Any, say: Any) -> None:
    """The people of a project are looked at together: there are few of them, and they change."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append(f"{statement} {parameters!r}")

    event.listen(full.engine, "before_cursor_execute", note)
    try:
        full.hear(say.member("aaf/6A", "aaf/new"), *full.recognise("new", "aaf/new"))
    finally:
        event.remove(full.engine, "before_cursor_execute", note)
    assert len(asked) <= 40
    assert not any("'resource'" in each or "'homework'" in each for each in asked)


def test_a_batch_of_a_thousand_asks_by_the_batch_not_by_the_record(hub: Any, say: Any) -> None:
    asked = 0

    def note(*_: Any) -> None:
        nonlocal asked
        asked += 1

    batch = [say.member(f"aaf/c{n // 30}", f"aaf/{n}") for n in range(1_000)]
    batch += [link for n in range(1_000) for link in hub.recognise(f"p{n}", f"aaf/{n}")]
    event.listen(hub.engine, "before_cursor_execute", note)
    try:
        hub.step.handle(batch)
    finally:
        event.remove(hub.engine, "before_cursor_execute", note)
    assert asked < 40
