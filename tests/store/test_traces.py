"""What those who left were known by: found by its key until its day, then forgotten."""

from __future__ import annotations

import sqlalchemy as sa

from preau.store import traces
from preau.store.persons import CHUNK
from preau.store.traces import Trace

INE, REF = ("ine_digest", "a"), ("national_ref", "11/FIRST/1")
ONE = Trace("ecoles/1", *INE, "p", 100)
TWO = Trace("ecoles/1", *REF, "p", 100)


def test_a_trace_is_found_by_its_key_until_its_day(connection: sa.Connection) -> None:
    traces.put(connection, [ONE, TWO])
    assert traces.found(connection, [INE], 99) == [ONE]
    assert traces.found(connection, [INE, REF], 99) == [ONE, TWO]
    assert traces.found(connection, [INE], 100) == []
    assert traces.found(connection, [("national_ref", "a")], 99) == []


def test_where_nobody_left_nothing_is_found(connection: sa.Connection) -> None:
    assert traces.found(connection, [INE], 0) == []
    assert traces.found(connection, [], 0) == []


def test_a_trace_is_written_over(connection: sa.Connection) -> None:
    traces.put(connection, [ONE])
    later = ONE._replace(person="q", until=200)
    traces.put(connection, [later])
    assert traces.of(connection, ["ecoles/1", "ecoles/2"]) == [later]


def test_those_of_a_source_are_dropped(connection: sa.Connection) -> None:
    rows = [Trace(f"ent/{n}", "ine_digest", f"{n:05}", "p", 9) for n in range(CHUNK + 1)]
    traces.put(connection, rows)
    traces.drop(connection, {row.source for row in rows[1:]})
    assert traces.found(connection, [row[1:3] for row in rows], 0) == rows[:1]


def test_those_whose_day_has_come_are_swept(connection: sa.Connection) -> None:
    late = Trace("ecoles/2", "ine_digest", "b", "q", 101)
    traces.put(connection, [ONE, TWO, late])
    traces.sweep(connection, 100)
    assert traces.of(connection, ["ecoles/1", "ecoles/2"]) == [late]
