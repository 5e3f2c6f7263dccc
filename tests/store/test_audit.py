"""Every act is one entry of one chain, whoever writes, or the act does not happen."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from preau.errors import Stop
from preau.store import audit
from preau.store.audit import OPERATOR, Act, by_key
from preau.store.audit_chain import GENESIS, digest_of

NOON = 1_791_806_400_000  # 2026-10-12, 12:00 UTC
DAY_MS = 86_400_000
DECIDED = Act(by_key("0011223344556677"), "project.decided", "p-1", {"decision": "AUTHORISED"})


def refused(engine: sa.Engine) -> None:
    """An act after whose entry something else fails."""
    with engine.begin() as connection:
        audit.append(connection, DECIDED, NOON)
        connection.execute(sa.text("insert into absent values (1)"))


def unwritten(engine: sa.Engine) -> None:
    """An act whose entry may not be written."""
    with engine.begin() as connection:
        connection.execute(sa.text("insert into deed values (1)"))
        audit.append(connection, DECIDED, NOON)


def test_each_entry_holds_the_digest_of_the_one_before(connection: sa.Connection) -> None:
    numbers = [audit.append(connection, DECIDED, NOON + n) for n in range(3)]
    first, second, third = audit.entries(connection)
    assert numbers == [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert [first.previous, second.previous, third.previous] == [
        GENESIS,
        first.digest,
        second.digest,
    ]
    assert all(each.digest == digest_of(each) for each in (first, second, third))


def test_an_entry_says_who_did_what_to_what_and_when(connection: sa.Connection) -> None:
    audit.append(connection, DECIDED, NOON)
    (entry,) = audit.entries(connection)
    assert (entry.day, entry.at) == ("2026-10-12", NOON)
    assert (entry.actor, entry.act, entry.object) == DECIDED[:3]
    assert entry.facts == {"decision": "AUTHORISED"}


def test_facts_come_back_as_they_were_said(connection: sa.Connection) -> None:
    facts: dict[str, str | int | bool] = {
        "z": "été",
        "a": 3,
        "by_convention": True,
        "guillemets": '"\\',
    }
    audit.append(connection, DECIDED._replace(facts=facts), NOON)
    (entry,) = audit.entries(connection)
    assert entry.facts == facts
    assert entry.digest == digest_of(entry)


def test_the_head_is_the_last_entry(connection: sa.Connection) -> None:
    assert audit.head(connection) == (0, "", GENESIS)
    audit.append(connection, DECIDED, NOON)
    audit.append(connection, DECIDED, NOON + DAY_MS)
    last = audit.entries(connection)[-1]
    assert audit.head(connection) == (2, "2026-10-13", last.digest)


def test_a_clock_that_goes_back_over_midnight_opens_no_day_again(connection: sa.Connection) -> None:
    audit.append(connection, DECIDED, NOON)
    audit.append(connection, DECIDED, NOON - DAY_MS)
    assert [each.day for each in audit.entries(connection)] == ["2026-10-12"] * 2


def test_an_act_that_is_undone_leaves_no_entry_and_no_hole(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        audit.append(connection, DECIDED, NOON)
    with pytest.raises(Stop, match="DATABASE_TABLES"):
        refused(engine)
    with engine.begin() as connection:
        audit.append(connection, DECIDED, NOON)
        assert [each.seq for each in audit.entries(connection)] == [1, 2]


def test_when_the_chain_cannot_be_written_the_act_does_not_happen(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("create table deed (n integer)"))
        connection.execute(sa.text("drop table audit_entry"))
    with pytest.raises(Stop, match="DATABASE_TABLES"):
        unwritten(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from deed")).scalar_one() == 0


def test_what_json_cannot_say_exactly_is_no_fact(connection: sa.Connection) -> None:
    unsaid = {"share": float("nan")}
    with pytest.raises(TypeError, match="a fact is a text"):
        audit.append(connection, DECIDED._replace(facts=unsaid), NOON)  # type: ignore[arg-type]


def test_writers_at_once_keep_one_chain(engine: sa.Engine) -> None:
    def write() -> None:
        for n in range(25):
            with engine.begin() as connection:
                audit.append(connection, Act(OPERATOR, "key.made", f"k-{n}", {}), NOON)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with engine.connect() as connection:
        chain = list(audit.every(connection))
    assert [each.seq for each in chain] == list(range(1, 101))
    before = GENESIS
    for each in chain:
        assert (each.previous, each.digest) == (before, digest_of(each))
        before = each.digest
