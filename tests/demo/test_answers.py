"""What the ENTs answered is what an act expects, or not yet, or never."""

from __future__ import annotations

from typing import Any

import pytest

from preau.demo.answers import answered
from preau.demo.playbill import Receipts
from preau.demo.waiting import StoryBroken


def page(*answers: tuple[str, str, int]) -> dict[str, Any]:
    names = ("outcome", "reason", "things")
    shown = {"ent": "mon-ent", "what": "MEMBER", "label": ""}
    return {"answers": [{**shown, **dict(zip(names, each, strict=True))} for each in answers]}


def test_the_page_must_show_the_answers_that_the_story_expects() -> None:
    whole = page(("APPLIED", "", 10), ("PENDING", "NO_ACCOUNT", 1))
    assert answered(whole, Receipts(10, 0, 1)) == ""
    assert answered(whole, Receipts(11, 0, 0)).startswith("10 réponses « appliqué » sur 11")
    assert answered(whole, Receipts(10, 0, 0)).startswith("10 appliqué, 1 en attente")


def test_what_holds_an_answer_up_is_said_before_what_was_expected_to_wait() -> None:
    late = page(("PENDING", "NO_ACCOUNT", 1), ("PENDING", "UNREACHABLE", 5))
    words = answered(late, Receipts(5, 0, 1))
    assert words.endswith("mon-ent : 5 membres, en attente : L'ENT ne répond pas.")


@pytest.mark.parametrize("outcome", ["REFUSED", "EXPIRED"])
def test_a_refusal_ends_the_story_at_once(outcome: str) -> None:
    with pytest.raises(StoryBroken, match="mon-ent : 2 membres"):
        answered(page(("APPLIED", "", 3), (outcome, "NOT_ALLOWED", 2)), Receipts(5, 0, 0))
