"""What was set aside is kept once, grouped by cause; a decision counts for the bytes it was on."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from preau.store import set_asides
from preau.store.set_asides import DROPPED, HUMAN, OPEN, REDRIVEN, Chosen, SetAsideRow

DAY = 86_400_000


def row(id_: str, place: int = 7, /, **more: Any) -> SetAsideRow:
    said: dict[str, Any] = {
        "event_id": id_,
        "instance": "ecole",
        "connector": "essai",
        "event": "PUPIL",
        "code": "DATE",
        "field": "born",
        "found": "text of 3 characters",
        "known": ("2016-03-09",),
        "fix": "write the day",
        "topic": "preau.intake.essai",
        "part": 1,
        "place": place,
        "path": "",
        "redriven": 0,
        "first_at": 1_000,
        "last_at": 1_000,
        "seq": 0,
    }
    return SetAsideRow(**{**said, **more})


def states(connection: sa.Connection) -> dict[str, str]:
    return {k.row.event_id: k.state for k in set_asides.find(connection, Chosen(), 100)}


def test_a_repeat_changes_nothing_and_an_older_word_does_not_win(connection: sa.Connection) -> None:
    late = row("a", 9, last_at=3_000, first_at=3_000, seq=5)
    set_asides.put(connection, [late, row("a", 7, seq=2)])
    set_asides.put(connection, [late])
    set_asides.put(connection, [row("a", 7, seq=2)])
    [kept] = set_asides.named(connection, ["a", "unknown"])
    assert kept.row == late
    assert kept.state == OPEN


def test_the_first_moment_is_remembered_when_the_same_is_refused_again(
    connection: sa.Connection,
) -> None:
    set_asides.put(connection, [row("a", 7, seq=1)])
    set_asides.put(connection, [row("a", 9, seq=2, first_at=9_000, last_at=9_000)])
    [kept] = set_asides.named(connection, ["a"])
    assert (kept.row.first_at, kept.row.last_at, kept.row.place) == (1_000, 9_000, 9)


def test_causes_are_counted_the_most_frequent_first(connection: sa.Connection) -> None:
    rows = [row(f"a{n}", n, seq=n, last_at=1_000 + n) for n in range(5)]
    set_asides.put(connection, [*rows, row("b", code="UAI", field="school"), row("c", code="UAI")])
    found = set_asides.causes(connection, Chosen())
    assert [(c.code, c.field, c.records) for c in found] == [
        ("DATE", "born", 5),
        ("UAI", "born", 1),
        ("UAI", "school", 1),
    ]
    assert (found[0].first_at, found[0].last_at, found[0].fix) == (1_000, 1_004, "write the day")
    assert [k.row.event_id for k in set_asides.examples(connection, found[0])] == ["a4", "a3", "a2"]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (Chosen(), {"a", "b", "c"}),
        (Chosen(connector="autre"), {"b"}),
        (Chosen(instance="collège"), {"c"}),
        (Chosen(code="UAI"), {"b"}),
        (Chosen(since=2_000), {"c"}),
        (Chosen(connector="essai", code="UAI"), set()),
        (Chosen(state=OPEN), {"a", "b", "c"}),
        (Chosen(state=DROPPED), set()),
    ],
)
def test_rows_are_chosen_by_what_they_say(
    connection: sa.Connection, chosen: Chosen, found: set[str]
) -> None:
    one, two = row("a"), row("b", connector="autre", code="UAI")
    set_asides.put(connection, [one, two, row("c", instance="collège", last_at=2_000)])
    assert {k.row.event_id for k in set_asides.find(connection, chosen, 10)} == found


def test_rows_come_in_the_order_in_which_their_bytes_were_received(
    connection: sa.Connection,
) -> None:
    set_asides.put(connection, [row("a", 30), row("b", 4), row("c", 200, part=0)])
    found = set_asides.find(connection, Chosen(), 2)
    assert [kept.row.event_id for kept in found] == ["c", "b"]


def test_every_refusal_of_an_event_is_found_beside_one(connection: sa.Connection) -> None:
    set_asides.put(connection, [row("a"), row("b", 7, code="UAI"), row("c", 8), row("d", part=2)])
    [one] = set_asides.named(connection, ["a"])
    found = set_asides.beside(connection, [one.row])
    assert {kept.row.event_id for kept in found} == {"a", "b"}


def test_a_decision_counts_until_the_same_is_refused_elsewhere(connection: sa.Connection) -> None:
    set_asides.put(connection, [row("a", seq=1)])
    set_asides.decide(connection, [row("a", seq=1)], REDRIVEN, 2_000)
    assert states(connection) == {"a": REDRIVEN}
    set_asides.put(connection, [row("a", seq=4)])  # the step repeats after a crash
    assert states(connection) == {"a": REDRIVEN}
    set_asides.put(connection, [row("a", 12, redriven=1, seq=5)])
    assert states(connection) == {"a": OPEN}
    set_asides.decide(connection, [row("a", 12, seq=5)], DROPPED, 3_000)
    assert states(connection) == {"a": DROPPED}


def test_a_refusal_of_a_file_is_open_again_when_the_file_comes_again(
    connection: sa.Connection,
) -> None:
    filed = row("a", -1, part=-1, topic="", seq=3)
    set_asides.put(connection, [filed])
    set_asides.decide(connection, [filed], DROPPED, 2_000)
    assert states(connection) == {"a": DROPPED}
    set_asides.put(connection, [filed._replace(seq=8)])
    assert states(connection) == {"a": OPEN}


def test_what_was_sent_again_five_times_in_vain_needs_a_person(connection: sa.Connection) -> None:
    set_asides.put(connection, [row("a", redriven=4), row("b", redriven=5)])
    assert states(connection) == {"a": OPEN, "b": HUMAN}
    assert set_asides.by_state(connection) == {OPEN: 1, HUMAN: 1}


def test_what_kafka_forgets_is_forgotten_with_its_decision(connection: sa.Connection) -> None:
    old, young = row("a"), row("b", last_at=5 * DAY)
    set_asides.put(connection, [old, young])
    set_asides.decide(connection, [old, young], DROPPED, 2_000)
    set_asides.sweep(connection, DAY)
    assert states(connection) == {"b": DROPPED}
    set_asides.put(connection, [old])
    assert states(connection) == {"a": OPEN, "b": DROPPED}
