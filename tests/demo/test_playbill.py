"""The report of the story: the JSON that a machine reads, the table that a person reads."""

from __future__ import annotations

import io
import json

from rich.console import Console

from preau.demo.playbill import (
    Heading,
    Receipts,
    Step,
    brought,
    receipts_of,
    report,
    since,
    table,
)
from preau.demo.watch import Counted


def step(heading: Heading, *, ok: bool, counted: Counted, receipts: Receipts, s: float) -> Step:
    return Step(heading, ok, counted, receipts, s)


STEPS = [
    step(
        Heading("directories", "Les annuaires arrivent", "annuaires"),
        ok=True,
        counted=Counted(42, 41, 1, 60),
        receipts=Receipts(),
        s=2.84,
    ),
    step(
        Heading("group", "Le groupe apparaît", "groupe", answers=True),
        ok=False,
        counted=Counted(),
        receipts=Receipts(9, 1, 1),
        s=0.5,
    ),
]


def test_the_json_has_exactly_what_was_promised() -> None:
    told = json.loads(json.dumps(report(STEPS, 3.34, ok=False)))
    assert told == {
        "ok": False,
        "steps": [
            {
                "name": "directories",
                "ok": True,
                "in": 42,
                "out": 41,
                "set_aside": 1,
                "applied": 0,
                "refused": 0,
                "pending": 0,
            },
            {
                "name": "group",
                "ok": False,
                "in": 0,
                "out": 0,
                "set_aside": 0,
                "applied": 9,
                "refused": 1,
                "pending": 1,
            },
        ],
        "seconds": 3.3,
    }


def test_the_table_fits_a_terminal_and_sums_up() -> None:
    text = io.StringIO()
    Console(file=text, width=80).print(table(STEPS, 3.34))
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "✔ 1 annuaires 42 41 1 0 0 0 2.8" in [" ".join(line.split()) for line in lines]
    assert "✖ 2 groupe 0 0 0 9 1 1 0.5" in [" ".join(line.split()) for line in lines]
    assert "en tout 42 41 1 9 1 1 3.3" in [" ".join(line.split()) for line in lines]


def test_a_story_that_did_not_begin_has_a_table_too() -> None:
    text = io.StringIO()
    Console(file=text, width=80).print(table([], 0.0))
    assert "en tout" in text.getvalue()


def test_a_step_brings_what_came_since_and_tells_what_waits_now() -> None:
    assert since(Counted(5, 4, 1, 9), Counted(3, 3, 0, 4)) == Counted(2, 1, 1, 5)
    assert brought(Receipts(11, 2, 1), Receipts(10, 1, 3)) == Receipts(1, 1, 1)


def test_answers_are_summed_by_what_they_mean() -> None:
    outcomes = {"APPLIED": 3, "REFUSED": 1, "EXPIRED": 1, "PENDING": 2, "ACCEPTED": 1, "": 4}
    answers = [{"outcome": outcome, "things": n} for outcome, n in outcomes.items()]
    assert receipts_of({"answers": answers}) == Receipts(applied=3, refused=2, pending=7)
