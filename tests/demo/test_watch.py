"""Events are counted once, whatever they gave: in = out + set aside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.canon.codec import encode
from preau.demo.watch import Account, Counted

NOWHERE = {"topic": "", "partition": -1, "offset": -1}


def record(kind: str, offset: int, lineage: dict[str, Any]) -> tuple[tuple[str, int, int], bytes]:
    meta = {"instance": "i", "source_id": "s", "lineage": {**lineage, "path": ""}}
    fields = {"meta": meta}
    return (f"preau.canon.{kind}", 0, offset), encode(kind, fields)


def aside(offset: int, lineage: dict[str, Any]) -> tuple[tuple[str, int, int], bytes]:
    return ("preau.setaside.aaf", 0, offset), encode("set_aside", {"code": "X", **lineage})


def event(offset: int) -> dict[str, Any]:
    return {"topic": "preau.intake.aaf", "partition": 0, "offset": offset}


def heard(account: Account, *offsets: int) -> None:
    for offset in offsets:
        account.note(("preau.intake.aaf", 0, offset), b"{}")


def test_an_event_that_gave_three_records_is_one_event_out() -> None:
    account = Account()
    heard(account, 0)
    for offset in range(3):
        account.note(*record("group", offset, event(0)))
    assert account.sums() == Counted(1, 1, 0, 3)


def test_an_event_of_which_a_part_is_set_aside_is_set_aside() -> None:
    account = Account()
    heard(account, 0, 1)
    account.note(*record("group", 0, event(0)))
    account.note(*aside(0, event(0)))
    account.note(*aside(1, event(0)))
    assert account.sums() == Counted(2, 0, 1, 1)  # the second event is not accounted for


def test_what_a_reader_could_not_read_is_heard_and_set_aside() -> None:
    account = Account()
    account.note(*aside(0, NOWHERE))
    account.note(*aside(1, NOWHERE))
    assert account.sums() == Counted(2, 0, 2, 0)


@pytest.mark.parametrize("kind", ["project", "sector"])
def test_a_command_of_the_api_is_heard_and_out(kind: str) -> None:
    account = Account()
    account.note(*record(kind, 0, NOWHERE))
    account.note(*record(kind, 1, NOWHERE))
    assert account.sums() == Counted(2, 2, 0, 2)


def test_a_tombstone_tells_nothing() -> None:
    account = Account()
    account.note(("preau.canon.group", 0, 0), None)
    assert account.sums() == Counted()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=30), st.randoms())
def test_in_any_order_and_twice_the_sums_are_the_same(
    made: list[tuple[bool, int]], chance: Any
) -> None:
    notes = [(("preau.intake.aaf", 0, offset), b"{}") for offset in range(10)]
    for offset, (good, origin) in enumerate(made):
        note = record("group", offset, event(origin)) if good else aside(offset, event(origin))
        notes.append(note)
    sums = []
    for _ in range(2):
        account = Account()
        chance.shuffle(notes)
        for note in [*notes, *notes]:
            account.note(*note)
        sums.append(account.sums())
    assert sums[0] == sums[1]
    asides = {origin for good, origin in made if not good}
    out = {origin for good, origin in made if good} - asides
    assert sums[0][:3] == (10, len(out), len(asides))
