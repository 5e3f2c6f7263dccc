"""One durable key per subject, the same for every process, gone to the last byte when erased."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.clock import SetClock
from preau.errors import SetAside, Stop, TryAgain
from preau.keys.leased import LEASE_MS
from preau.keys.master import MasterKey
from preau.keys.seal import Opener, Sealer
from preau.store.database import open_database, prepare
from preau.store.subject_keys import SubjectKeys

MASTER = MasterKey(bytes(range(32)))
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
"""Every letter that the readers let in: PostgreSQL has no NUL in a text (readers/json_guard.py)."""
ASK = """
import sys
from preau.keys.master import MasterKey
from preau.store.database import open_database
from preau.store.subject_keys import SubjectKeys
keys = SubjectKeys(open_database(sys.argv[1]), MasterKey(bytes(range(32))))
print("ready", flush=True)
sys.stdin.read()
for first in range(0, 400, 20):
    found = keys.keys([f"ent-ecole/{n}" for n in range(first, first + 40)])
    print(*sorted(f"{subject}={kid.hex()}{key.hex()}" for subject, (kid, key) in found.items()))
"""


class Draft(NamedTuple):
    subject: str = "ent-ecole/5121"
    event_id: str = "5a1f3c1e-6d0b-5b7e-9c57-9d2f1c0e7a11"
    schema_id: int = 7
    head: bytes = b""
    pii: bytes | None = b"in clear"
    sealable: bool = True


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_database(database, patience_s=0.2)
    prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def book(engine: sa.Engine) -> SubjectKeys:
    return SubjectKeys(engine, MASTER)


def opened(opener: Opener, value: bytes) -> bytes:
    """The personal part of a value with an empty head: kid, nonce, ciphertext at known places."""
    sealed = {"kid": value[7:23], "nonce": value[24:36], "ciphertext": value[37:]}
    meta = {"instance": "ent-ecole", "source_id": "5121", "event_id": Draft().event_id}
    return opener.open(7, meta, sealed)


def test_a_subject_keeps_its_key(book: SubjectKeys, engine: sa.Engine) -> None:
    first = book.keys(["ent-ecole/1", "ent-ecole/2"])
    again = SubjectKeys(engine, MASTER).keys(["ent-ecole/2", "ent-ecole/3", "ent-ecole/1"])
    assert {name: again[name] for name in first} == first
    assert len({key for _, key in again.values()}) == len({kid for kid, _ in again.values()}) == 3
    assert {(len(kid), len(key)) for kid, key in again.values()} == {(16, 32)}


def test_a_key_is_found_by_its_kid_and_an_unknown_kid_is_not(book: SubjectKeys) -> None:
    kid, key = book.keys(["ent-ecole/1"])["ent-ecole/1"]
    assert book.by_kid([kid, bytes(16)]) == {kid: key}


def test_nobody_asked_for_means_nothing_done(book: SubjectKeys) -> None:
    assert book.keys([]) == {}
    assert book.by_kid([]) == {}
    assert book.forget([]) == 0


def test_more_subjects_than_one_statement_names_are_all_served(book: SubjectKeys) -> None:
    subjects = [f"ent-ecole/{n}" for n in range(1_201)]
    found = book.keys(subjects)
    assert found.keys() == set(subjects)
    assert len(book.by_kid([kid for kid, _ in found.values()])) == 1_201
    assert book.forget(subjects) == 1_201


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(LETTERS, min_size=1), max_size=6))
def test_whatever_the_vendors_id_it_has_one_key(book: SubjectKeys, names: list[str]) -> None:
    subjects = [f"ent-ecole/{name}" for name in names]
    found = book.keys(subjects)
    assert found.keys() == set(subjects)
    assert book.keys(subjects) == found


def test_processes_that_ask_at_once_agree_on_every_key(engine: sa.Engine) -> None:
    gate, opening = os.pipe()
    order = [sys.executable, "-c", ASK, str(engine.url)]
    started = [
        subprocess.Popen(order, stdin=gate, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    os.close(gate)
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()
    os.close(opening)  # now all of them go
    one, *others = [process.communicate()[0] for process in started]
    assert one.count("=") == 800
    assert others == [one, one]


def test_a_key_at_rest_is_wrapped_and_bound_to_its_row(
    book: SubjectKeys, engine: sa.Engine, on_disk: Callable[[], bytes]
) -> None:
    kid, key = book.keys(["ent-ecole/1"])["ent-ecole/1"]
    book.keys(["ent-ecole/2"])
    held = on_disk()
    assert kid in held
    assert key not in held
    swap = "update subject_key set wrapped = (select wrapped from subject_key where subject = :o)"
    with engine.begin() as connection:
        connection.execute(sa.text(swap), {"o": "ent-ecole/2"})
    with pytest.raises(Stop) as stopped:
        book.by_kid([kid])
    assert stopped.value.code == "MASTER_KEY_WRONG"


def test_another_master_key_opens_nothing_and_says_so(book: SubjectKeys, engine: sa.Engine) -> None:
    book.keys(["ent-ecole/1"])
    with pytest.raises(Stop) as stopped:
        SubjectKeys(engine, MasterKey(bytes(32))).keys(["ent-ecole/1"])
    assert stopped.value.code == "MASTER_KEY_WRONG"
    assert "ent-ecole/1" not in str(stopped.value)


def test_what_was_sealed_is_gone_for_good_when_its_subject_is_forgotten(
    book: SubjectKeys,
) -> None:
    clock = SetClock(0)
    sealer, running = Sealer(book, clock), Opener(book, clock)
    (before,) = sealer.seal([Draft()])
    assert opened(running, before) == b"in clear"
    assert book.forget(["ent-ecole/5121", "ent-ecole/never seen"]) == 1
    clock.advance(LEASE_MS)
    for opener in (running, Opener(book, clock)):
        with pytest.raises(SetAside) as aside:
            opened(opener, before)
        assert aside.value.code == "KEY_GONE"
    (after,) = sealer.seal([Draft()])  # the subject speaks again
    assert after[7:23] != before[7:23]
    assert opened(Opener(book, clock), after) == b"in clear"


def test_forgetting_leaves_the_others_alone_and_may_be_repeated(book: SubjectKeys) -> None:
    kept = book.keys(["ent-ecole/1", "ent-ecole/2"])["ent-ecole/2"]
    assert [book.forget(["ent-ecole/1"]), book.forget(["ent-ecole/1"])] == [1, 0]
    assert book.keys(["ent-ecole/2"])["ent-ecole/2"] == kept


def test_no_byte_of_a_destroyed_key_stays_on_the_disk(
    book: SubjectKeys, on_disk: Callable[[], bytes]
) -> None:
    kids = [kid for kid, _ in book.keys([f"ent-ecole/{n}" for n in range(200)]).values()]
    assert kids[0] in on_disk()
    book.forget([f"ent-ecole/{n}" for n in range(200)])
    held = on_disk()
    assert [kid for kid in kids if kid in held] == []


def test_a_reader_that_keeps_the_log_is_told_and_the_same_call_ends_the_work(
    book: SubjectKeys, engine: sa.Engine
) -> None:
    kid = book.keys(["ent-ecole/1"])["ent-ecole/1"].kid
    with engine.connect() as reader:
        reader.execute(sa.text("select count(*) from subject_key")).scalar()
        with pytest.raises(TryAgain) as lingering:
            book.forget(["ent-ecole/1"])
        assert lingering.value.code == "KEYS_LINGER"
        assert book.by_kid([kid]) == {}
    assert book.forget(["ent-ecole/1"]) == 0


def at(day: str) -> SetClock:
    return SetClock(int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp() * 1_000))


def test_a_school_year_has_its_own_key_and_the_kid_names_it(engine: sa.Engine) -> None:
    june, august = SubjectKeys(engine, MASTER, at("2027-07-31")), at("2027-08-01")
    last = june.keys(["ent-ecole/1"])["ent-ecole/1"]
    this = SubjectKeys(engine, MASTER, august).keys(["ent-ecole/1"])["ent-ecole/1"]
    assert last.kid[:2] == (2026).to_bytes(2, "big")
    assert this.kid[:2] == (2027).to_bytes(2, "big")
    assert june.by_kid([last.kid, this.kid]) == {last.kid: last.key, this.kid: this.key}


def test_a_year_is_destroyed_alone_and_a_person_with_all_years(
    engine: sa.Engine, on_disk: Callable[[], bytes]
) -> None:
    kids = []
    for day in ("2025-09-01", "2026-09-01", "2027-09-01"):
        book = SubjectKeys(engine, MASTER, at(day))
        kids += [key.kid for key in book.keys(["ent-ecole/1", "ent-ecole/2"]).values()]
    assert book.end_years(2026) == 2
    assert book.end_years(2026) == 0
    held = on_disk()
    assert [kid in held for kid in kids] == [False, False, True, True, True, True]
    assert book.forget(["ent-ecole/1"]) == 2


def test_the_keys_of_an_older_edition_go_on_opening_and_sealing(blank_database: str) -> None:
    engine = open_database(blank_database)
    kid, key, subject = bytes(range(16)), bytes(range(32)), "ent-ecole/1"
    blob = sa.LargeBinary().compile(engine.dialect)
    with engine.begin() as connection:
        for statement in (
            "create table schema_edition (edition integer primary key)",
            "insert into schema_edition values (1)",
            f"create table subject_key (subject text primary key, kid {blob}, wrapped {blob})",
        ):
            connection.execute(sa.text(statement))
        row = {"subject": subject, "kid": kid, "wrapped": MASTER.wrap(key, kid + subject.encode())}
        connection.execute(
            sa.text("insert into subject_key values (:subject, :kid, :wrapped)"), row
        )
    clock = at("2026-11-25")
    prepare(engine, clock)
    prepare(engine, clock)
    book = SubjectKeys(engine, MASTER, clock)
    assert book.by_kid([kid]) == {kid: key}
    assert book.keys([subject])[subject] == (kid, key)
    assert not sa.inspect(engine).has_table("subject_key_before")
    engine.dispose()
