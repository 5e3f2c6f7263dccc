"""Every table has a clock, and a row goes when its time is over, not before."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from preau.store import clocks, outgoing, persons, said, traces
from preau.store.clocks import CLOCKS, PERSONAL_MS, sweep
from preau.store.outgoing import Answer, Wanted
from preau.store.persons import Entry, MatchKey
from preau.store.said import MEMBER, SaidState
from preau.store.traces import Trace

NOW = 1_790_000_000_000


def entry(source: str, *, deleted: bool) -> Entry:
    return Entry(source, 1, deleted=deleted, person=source, rule="alone", decisions=1, at=NOW)


def membership(key: str, *, deleted: bool) -> SaidState:
    return SaidState("membership", key, 2, deleted, "e", {"group": "a/g"})


def count(connection: sa.Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"select count(*) from {table}").scalar_one())


def test_every_table_has_a_clock_and_no_clock_is_without_a_table(connection: sa.Connection) -> None:
    assert sorted(CLOCKS) == sorted(sa.inspect(connection).get_table_names())
    assert [table for table, clock in CLOCKS.items() if not clock.words] == []


def test_an_empty_database_is_swept(connection: sa.Connection) -> None:
    assert not sweep(connection, NOW)


def test_whoever_left_is_forgotten_with_its_keys_and_whoever_is_there_stays(
    connection: sa.Connection,
) -> None:
    persons.put_entries(connection, [entry("a/1", deleted=True), entry("a/2", deleted=False)])
    keys = [MatchKey("a/1", "ine_digest", "x"), MatchKey("a/2", "ine_digest", "y")]
    persons.put_keys(connection, [], keys)
    traces.put(connection, [Trace("a/1", "ine_digest", "x", "a/1", NOW + PERSONAL_MS)])
    sweep(connection, NOW + PERSONAL_MS - 1)
    assert count(connection, "person_entry") == count(connection, "person_key") == 2
    assert sweep(connection, NOW + PERSONAL_MS) == {
        "person_entry": 1,
        "person_key": 1,
        "person_trace": 1,
    }
    assert persons.entries(connection, ["a/2"]).keys() == {"a/2"}
    sweep(connection, NOW + 10 * PERSONAL_MS)
    assert count(connection, "person_key") == 1


def test_what_was_deleted_is_remembered_for_as_long_as_kafka_may_repeat_it(
    connection: sa.Connection,
) -> None:
    points = ((MEMBER, "a/1"),)
    gone = membership("a/m", deleted=True)._replace(points=points)
    said.put(connection, [gone, membership("a/n", deleted=False)._replace(points=points)])
    sweep(connection, NOW)
    sweep(connection, NOW + PERSONAL_MS - 1)
    assert count(connection, "said") == 2
    assert sweep(connection, NOW + PERSONAL_MS) == {"said": 2}  # the row and its point
    assert said.states(connection, "membership", ["a/m", "a/n"]).keys() == {"a/n"}
    assert count(connection, "seen_over") == 0


def test_what_is_back_is_not_forgotten(connection: sa.Connection) -> None:
    said.put(connection, [membership("a/m", deleted=True)])
    sweep(connection, NOW)
    said.put(connection, [membership("a/m", deleted=False)._replace(version=3)])
    sweep(connection, NOW + PERSONAL_MS)
    assert count(connection, "said") == 1


def test_what_an_ent_has_withdrawn_goes_with_all_that_was_kept_of_it(
    connection: sa.Connection,
) -> None:
    put = Wanted("ent", "member:g:1", "p", "MEMBER_PUT", {"local_id": "1"}, local="1")
    outgoing.change(connection, [], [put], NOW, lambda wanted: (wanted, True))
    held = outgoing.of_project(connection, "p")
    outgoing.change(connection, held, [], NOW, lambda wanted: (wanted, True))
    connection.exec_driver_sql("insert into native_id values ('ent', 'member:g:1', 'id', '9')")
    sweep(connection, NOW + 2 * PERSONAL_MS)
    assert count(connection, "native_id") == 1  # the ENT has not answered
    outgoing.answer(connection, [Answer("ent", "member:g:1", 2)], NOW)
    assert sweep(connection, NOW + PERSONAL_MS) == {"outgoing": 1, "native_id": 1}


@pytest.mark.parametrize("table", sorted(CLOCKS))
def test_a_table_that_may_name_somebody_is_not_kept_for_ever(
    table: str, connection: sa.Connection
) -> None:
    naming = {"source", "subject", "member", "local", "entity", "person"}
    columns = {each["name"] for each in sa.inspect(connection).get_columns(table)}
    assert not (naming & columns and CLOCKS[table].words.startswith("toujours")), table
    assert clocks.DAY_MS == 86_400_000
