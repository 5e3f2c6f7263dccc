"""A sealed letter opens in its own place only; its key lives a day and is destroyed alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.clock import SetClock
from preau.errors import SetAside
from preau.keys.envelope import SEAL_LEASE_MS, Envelopes, Unsealer
from preau.keys.leased import LEASE_MS
from preau.keys.master import MasterKey
from preau.store.database import open_database, prepare
from preau.store.letter_keys import DRAIN_MS, KEPT_MS, OPEN_MS, LetterKeys

MASTER = MasterKey(bytes(range(32)))
NAME = "Gaëlle Martin-Lefèvre".encode()


class Room:
    """A key book with a clock that is moved by hand, and one process that seals and opens."""

    def __init__(self, engine: sa.Engine) -> None:
        self.clock = SetClock(1_790_000_000_000)
        self.book = LetterKeys(engine, MASTER, self.clock)
        self.envelopes = Envelopes(self.book, self.clock)
        self.unsealer = Unsealer(self.book, self.clock)


@pytest.fixture
def room(database: str) -> Iterator[Room]:
    engine = open_database(database)
    prepare(engine)
    yield Room(engine)
    engine.dispose()


def refused(room: Room, kid: bytes, key: bytes, sealed: bytes) -> str:
    with pytest.raises(SetAside) as aside:
        room.unsealer.open(kid, key, sealed)
    return aside.value.code


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=5_000), st.binary(max_size=200))
def test_what_was_said_comes_back_byte_for_byte(room: Room, clear: bytes, key: bytes) -> None:
    kid, sealed = room.envelopes.seal("ent-ecole", key, clear)
    assert room.unsealer.open(kid, key, sealed) == clear


def test_nothing_is_left_in_clear_and_no_other_place_opens_it(room: Room) -> None:
    kid, sealed = room.envelopes.seal("ent-ecole", b"ent-ecole/1", NAME)
    assert not any(NAME[at : at + 4] in sealed for at in range(len(NAME) - 3))
    assert refused(room, kid, b"ent-ecole/2", sealed) == "LETTER_BROKEN"
    assert refused(room, kid, b"ent-ecole/1", sealed[:-1]) == "LETTER_BROKEN"
    assert refused(room, kid, b"ent-ecole/1", b"") == "LETTER_BROKEN"
    assert refused(room, bytes(16), b"ent-ecole/1", sealed) == "LETTER_GONE"


def test_a_closed_key_opens_on_and_seals_no_more_once_the_lease_is_over(room: Room) -> None:
    old, sealed = room.envelopes.seal("ent-ecole", b"k", NAME)
    other, _ = room.envelopes.seal("ent-college", b"k", NAME)
    room.book.close(["ent-ecole"])
    room.clock.advance(SEAL_LEASE_MS)
    assert room.envelopes.seal("ent-ecole", b"k", NAME)[0] != old
    assert room.envelopes.seal("ent-college", b"k", NAME)[0] == other
    assert room.unsealer.open(old, b"k", sealed) == NAME
    assert [(each.kid, each.instance) for each in room.book.closed(["ent-ecole"])] == [
        (old, "ent-ecole")
    ]
    assert DRAIN_MS > SEAL_LEASE_MS


def test_a_destroyed_key_opens_nothing_and_is_nowhere_on_the_disk(
    room: Room, tmp_path: Path
) -> None:
    kid, sealed = room.envelopes.seal("ent-ecole", b"k", NAME)
    room.book.close(["ent-ecole"])
    assert room.unsealer.open(kid, b"k", sealed) == NAME
    assert room.book.destroy([kid]) == 1
    assert room.book.destroy([kid]) == room.book.destroy([]) == 0
    room.clock.advance(LEASE_MS)
    assert refused(room, kid, b"k", sealed) == "LETTER_GONE"
    assert not any(kid in file.read_bytes() for file in tmp_path.iterdir())


def test_a_key_is_open_for_a_day_and_lives_seven_more(room: Room) -> None:
    kid, _ = room.envelopes.seal("ent-ecole", b"k", NAME)
    room.clock.advance(OPEN_MS)
    assert room.envelopes.seal("ent-ecole", b"k", NAME)[0] != kid
    assert room.book.sweep() == 0
    room.clock.advance(KEPT_MS - 1)
    assert room.book.sweep() == 0
    room.clock.advance(1)
    assert room.book.sweep() == 1
    assert kid not in room.book.by_kid([kid])


def test_processes_share_the_open_key_and_another_master_opens_none(room: Room) -> None:
    kid, _ = room.envelopes.seal("ent-ecole", b"k", NAME)
    assert Envelopes(room.book, room.clock).seal("ent-ecole", b"k", NAME)[0] == kid
    assert room.book.open_keys([]) == {}
    assert room.book.by_kid([]) == {}
