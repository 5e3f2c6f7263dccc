"""What was told and answered, found by project, by school and by event, without reading tables."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from preau.store import outgoing, receipt_levels
from preau.store.outgoing import Wanted
from preau.store.receipt_levels import Asked

NOW = 1_791_793_800_000
LOOK_UPS = ("outgoing_cause", "receipt_delivery", "delivery_event")


def want(connection: sa.Connection, *causes: str) -> None:
    """One thing for each cause; sent, and the odd ones answered as `answer-of-N` to `told-N`."""
    wanted = [
        Wanted("ent", f"group:{n}", f"p-{n}", "GROUP_PUT", {}, (), cause)
        for n, cause in enumerate(causes)
    ]
    outgoing.change(connection, [], wanted, NOW, lambda each: (each, True))
    for number in range(len(causes)):
        connection.execute(_TRY, {"event": f"told-{number}", "entity": f"group:{number}"})
        if number % 2:
            connection.execute(_SAY, {"event": f"told-{number}", "entity": f"group:{number}"})


_TRY = sa.text(
    "insert into delivery (event_id, destination, project, operation, entity, version, parents,"
    " cause, occurred_at, body) values (:event, 'ent', 'p', 'GROUP_PUT', :entity, 1, '[]', '', 0,"
    " '{}')"
)
_SAY = sa.text(
    "insert into receipt (event_id, delivery, destination, project, entity, operation, version,"
    " outcome, reason, native_id, cause, at) values ('r', :event, 'ent', 'p', :entity,"
    " 'GROUP_PUT', 1, 'APPLIED', '', '', '', 5)"
)


def found(connection: sa.Connection, **asked: str) -> list[str]:
    return [line.entity for line in receipt_levels.lines(connection, Asked(**asked), 10)]


def test_an_event_is_known_by_its_cause_its_delivery_and_its_answer(
    connection: sa.Connection,
) -> None:
    want(connection, "a", "b", "b")
    assert found(connection, event="b") == ["group:1", "group:2"]
    assert found(connection, event="told-0") == ["group:0"]
    assert found(connection, event="told-1") == ["group:1"]
    connection.execute(sa.text("delete from delivery"))
    assert found(connection, event="told-1") == ["group:1"]
    assert found(connection, event="told-0") == []
    assert found(connection, event="nobody's") == []


def test_what_is_asked_for_is_asked_together(connection: sa.Connection) -> None:
    want(connection, "a", "b", "b")
    place = "insert into project_place values ('p-2', '0119001Z', 'ent', 'AUTHORISED', 'DASEN', 0,"
    connection.execute(sa.text(f"{place} 0)"))
    assert found(connection, event="b", project="p-1") == ["group:1"]
    assert found(connection, event="b", uai="0119001Z") == ["group:2"]
    assert found(connection, uai="0119001Z") == ["group:2"]
    assert found(connection, project="p-1", uai="0119001Z") == []
    assert len(found(connection)) == 3


@pytest.mark.parametrize("asked", [Asked(event="b"), Asked(project="p-1", event="b")])
def test_an_event_is_looked_up_in_three_indexes_and_no_table_is_read_to_its_end(
    connection: sa.Connection, asked: Asked
) -> None:
    want(connection, "a", "b")
    steps = plan(connection, asked)
    assert [name for name in LOOK_UPS if not any(name in step for step in steps)] == []
    assert read_whole(steps) == []


def test_without_an_index_the_test_above_fails(connection: sa.Connection) -> None:
    want(connection, "a", "b")
    connection.execute(sa.text("drop index outgoing_cause"))
    assert not any(LOOK_UPS[0] in step for step in plan(connection, Asked(event="b")))


def plan(connection: sa.Connection, asked: Asked) -> Sequence[str]:
    """How the database finds it; on PostgreSQL as if every table were large."""
    explain = "explain query plan "
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("set local enable_seqscan = off"))
        explain = "explain "
    said = {name: value for name, value in asked._asdict().items() if value}
    text = sa.text(explain + receipt_levels.asking(asked).text)
    return [str(row[-1]) for row in connection.execute(text, {**said, "limit": 10})]


def read_whole(lines: Sequence[str]) -> list[str]:
    """The steps that read a whole table, not the few rows found before."""
    words, own = ("SCAN ", "Seq Scan on "), ("SCAN e", "SCAN (subquery")
    return [line for line in lines if any(w in line for w in words) and not line.startswith(own)]
