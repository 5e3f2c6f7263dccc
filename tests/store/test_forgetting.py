"""Rows that name an account go, a class list loses one line, and everybody else stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from preau.canon.codec import encode
from preau.store import (
    aliases,
    erasures,
    forgetting,
    kept_back,
    outgoing,
    persons,
    rulings,
    said,
    traces,
    withdrawals,
)
from preau.store.erasures import DRAINING, PENDING, Erasure, Recipient
from preau.store.kept_back import KeptBack
from preau.store.naming_columns import (
    DESTROYED,
    DRAINED,
    FORGOTTEN,
    NAMING,
    NOBODY,
    PROOF,
    WITHDRAWN,
)
from preau.store.outgoing import Wanted
from preau.store.persons import Entry, MatchKey
from preau.store.rulings import Ruling
from preau.store.said import GROUP, MEMBER, SaidState
from preau.store.traces import Trace

ANA, BEA = "ecole/ana", "ecole/bea"
NOW = 1_790_000_000_000


@pytest.fixture
def two(connection: sa.Connection) -> sa.Connection:
    """Ana and Bea, each in every table that may name an account."""
    for source, person in ((ANA, "p-ana"), (BEA, "p-bea")):
        entry = Entry(source, 1, deleted=False, person=person, rule="alone", decisions=1, at=NOW)
        persons.put_entries(connection, [entry])
        persons.put_keys(connection, [], [MatchKey(source, "ine_digest", person)])
        persons.put_moves(connection, [source])
        traces.put(connection, [Trace(source, "ine_digest", person, person, NOW)])
        aliases.add(connection, [entry], {}, NOW)
        aliases.put_ruled(connection, {source: f"r-{person}"})
        told = (f"r-{person}", "SAME", (source,), ("college/x",), "alone", (), "DPO", NOW)
        rulings.put(connection, [Ruling(*told)])
        alone = {"group": "ecole/cm2", "member": source, "member_kind": "PERSON", "role": "PUPIL"}
        points = ((GROUP, "ecole/cm2"), (MEMBER, source))
        state = ("membership", f"{source}-cm2", 1, False, f"m-{person}", alone, points)
        said.put(connection, [SaidState(*state)])
        body = {"group": "g", "local_id": source.partition("/")[2]}
        local = source.partition("/")[2]
        put = (f"member:g:{local}", "project", "MEMBER_PUT", body, (), "", local)
        outgoing.change(connection, [], [Wanted("ecole", *put)], NOW, lambda w: (w, True))
    both = [{"member": each, "member_kind": "PERSON", "role": "PUPIL"} for each in (ANA, BEA)]
    fields = {"group": "ecole/cm2", "members": both}
    said.put(connection, [_roster(fields)])
    return connection


def _roster(fields: Mapping[str, object]) -> SaidState:
    points = ((GROUP, "ecole/cm2"), (MEMBER, ANA), (MEMBER, BEA))
    where = ("roster", "ecole/list", 7)
    return SaidState(*where, deleted=False, event_id="r", fields=fields, points=points)


def naming(connection: sa.Connection, word: str) -> set[str]:
    """The tables that hold this word anywhere."""
    tables = sa.inspect(connection).get_table_names()
    return {
        table
        for table in tables
        for row in connection.exec_driver_sql(f"select * from {table}")
        if any(word in str(value) for value in row)
    }


def test_the_erased_is_in_no_table_but_what_an_ent_is_to_withdraw(two: sa.Connection) -> None:
    gone = forgetting.forget(two, {"p-ana": [ANA]})["p-ana"]
    assert naming(two, "ana") == {"outgoing"}
    assert gone["person_entry"] == gone["person_key"] == gone["person_trace"] == 1
    assert gone["said"] == 2
    withdrawals.drop_entities(two, [each.place() for each in withdrawals.held(two, [ANA])])
    assert naming(two, "ana") == set()


def test_every_column_of_every_table_is_said_to_name_somebody_or_nobody(
    connection: sa.Connection,
) -> None:
    """Whoever adds a column says whether it may name a person, and what takes it away then."""
    seen = sa.inspect(connection)
    tables = {name: [c["name"] for c in seen.get_columns(name)] for name in seen.get_table_names()}
    told = {name: [*NAMING.get(name, ()), *NOBODY.get(name, "").split()] for name in tables}
    assert {name: sorted(columns) for name, columns in told.items()} == {
        name: sorted(columns) for name, columns in tables.items()
    }
    assert {*NAMING, *NOBODY} <= tables.keys()


def test_a_column_called_as_an_account_is_not_said_to_name_nobody() -> None:
    words = {"source", "subject", "member", "local", "person", "sealed", "native_id"}
    assert [name for name, columns in NOBODY.items() if words & {*columns.split()}] == []


def test_whoever_is_written_everywhere_is_found_in_the_columns_that_may_name(
    two: sa.Connection,
) -> None:
    """The word stands nowhere that was said to name nobody."""
    for table, columns in NOBODY.items():
        for column in columns.split():
            asked: sa.Select[Any] = sa.select(sa.column(column)).select_from(sa.table(table))
            values = [str(value) for value in two.execute(asked).scalars()]
            assert not [v for v in values if "ana" in v], (table, column)


def test_a_table_of_each_way_is_looked_through_by_that_way() -> None:
    ways = {way for columns in NAMING.values() for way in columns.values()}
    assert ways == {FORGOTTEN, WITHDRAWN, DESTROYED, DRAINED, PROOF}
    assert {*forgetting.TABLES} & {*withdrawals.TABLES} == set()
    assert all(len({*columns.values()}) == 1 for columns in NAMING.values())


def test_many_at_once_are_counted_each_for_itself(two: sa.Connection) -> None:
    both = forgetting.forget(two, {"p-ana": [ANA], "p-bea": [BEA]})
    assert both["p-ana"] == both["p-bea"]
    assert both["p-ana"]["ruling"] == both["p-ana"]["person_key"] == 1
    assert naming(two, "ana") == naming(two, "bea") == {"outgoing"}


def test_what_a_cut_keeps_back_of_an_account_whose_id_only_begins_alike_stays(
    two: sa.Connection,
) -> None:
    for member in (ANA, f"{ANA}2"):
        said_of = {"group": "ecole/cm2", "member": member, "meta": {"instance": "ecole"}}
        record = encode("membership", said_of)
        kept_back.put(two, [KeptBack("membership", f"{member}-cm2", record, 1, NOW)])
    gone = forgetting.forget(two, {"p-ana": [ANA]})
    assert gone["p-ana"]["kept_back"] == 1
    kept = two.exec_driver_sql("select key from kept_back").scalars().all()
    assert kept == [f"{ANA}2-cm2"]


def test_everybody_else_stays_in_every_table(two: sa.Connection) -> None:
    before = naming(two, "bea")
    forgetting.forget(two, {"p-ana": [ANA]})
    assert naming(two, "bea") == before
    [roster] = said.pointing(two, "roster", MEMBER, [BEA])
    assert [each["member"] for each in roster.fields["members"]] == [BEA]
    assert roster.version == 7


def test_twice_is_as_once(two: sa.Connection) -> None:
    forgetting.forget(two, {"p-ana": [ANA]})
    assert forgetting.forget(two, {"p-ana": [ANA], "nobody": []}) == {"p-ana": {}, "nobody": {}}
    assert forgetting.forget(two, {}) == {}


def test_every_account_of_a_person_is_found_also_one_that_left_a_trace(two: sa.Connection) -> None:
    traces.put(two, [Trace("college/ana2", "ine_digest", "x", "p-ana", NOW)])
    assert forgetting.accounts(two, ["p-ana"]) == {"p-ana": ["college/ana2", ANA]}
    assert forgetting.spoken_of(two, [ANA, "ecole/nobody"]) == {ANA}
    assert forgetting.memberships(two, [ANA]) == [f"{ANA}-cm2"]


def test_a_withdrawal_that_an_ent_has_no_operation_for_is_known(two: sa.Connection) -> None:
    held = [row for row in outgoing.of_project(two, "project") if row.local == "ana"]
    outgoing.change(two, held, [], NOW, lambda wanted: (wanted, False))
    spots = [("ecole", "member:g:ana"), ("ecole", "member:g:bea")]
    told = withdrawals.answers(two, spots)
    assert told == {spots[0]: ("REFUSED", "NOT_SUPPORTED", 0)}


def _erasure() -> Erasure:
    times = {"requested_at": NOW, "deadline": NOW + 1, "drained_at": 0, "ended_at": 0}
    return Erasure("e1", "p", "DPO", keep_out=True, state=DRAINING, counts={"said": 2}, **times)


def test_an_erasure_keeps_accounts_only_while_it_drains(connection: sa.Connection) -> None:
    one = _erasure()
    erasures.put(connection, [one])
    erasures.put_sources(connection, {"e1": [ANA]}, {"e1": b"sealed"})
    row = Recipient("e1", 0, "ecole", "member:g:ana", PENDING, "", NOW, told=False)
    erasures.put_recipients(connection, [row])
    assert erasures.unended(connection) == erasures.last(connection) == [one]
    assert erasures.get(connection, "none") is None
    assert erasures.sources_of(connection, ["e1", "e2"]) == {"e1": [ANA], "e2": []}
    assert erasures.terms_of(connection, ["e1", "e2"]) == {"e1": b"sealed"}
    erasures.drop_sources(connection, ["e1"])
    erasures.put_recipients(connection, [row._replace(entity="", outcome="APPLIED", told=True)])
    erasures.put(connection, [one._replace(state="DONE", counts={"said": 3})])
    assert naming(connection, "ana") == set()
    assert erasures.terms_of(connection, ["e1"]) == {}
    assert erasures.unended(connection) == []
    [after] = erasures.recipients(connection, ["e1"])["e1"]
    assert (after.outcome, after.told) == ("APPLIED", True)
    assert json.loads(json.dumps(erasures.last(connection)[0].counts)) == {"said": 3}


def test_whoever_is_kept_out_is_let_in_again(connection: sa.Connection) -> None:
    erasures.keep_out(connection, ["a", "b"], "DPO", NOW)
    erasures.keep_out(connection, ["a"], "DPO", NOW)
    assert erasures.kept_out(connection) == {"a", "b"}
    assert erasures.let_in(connection, ["a", "c"]) == 1
    assert erasures.kept_out(connection) == {"b"}
