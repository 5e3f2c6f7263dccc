"""What an instance may publish by its mandates, whatever establishment an event names."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.errors import SetAside
from preau.inlets.http import events, own_body
from preau.inlets.intake import Speaker
from preau.inlets.publishing import NOTHING, Publishing, check_event, check_records
from tests.inlets.test_http_inlet import said

NOW = 1_790_000_000_000
MINE, THEIRS = "0119001Z", "0119010J"
EVENTS = {"SHARE": frozenset({"resource", "share"}), "CLASS": frozenset({"group"})}
ONE = Publishing({name: frozenset({MINE}) for name in ("resource", "share")}, EVENTS)
ALL = Publishing({"group": frozenset({"*"})}, EVENTS)


def refusal(may: Publishing, event: str | None, values: object) -> str:
    with pytest.raises(SetAside) as refused:
        check_event(may, event, values)
    assert refused.value.complaint.fix
    return refused.value.code


def test_an_event_all_of_whose_records_are_mandated_passes() -> None:
    check_event(ONE, "SHARE", {"school": MINE, "title": "Lecture"})
    check_event(ALL, "CLASS", {"school": THEIRS})


def test_what_an_ent_gave_before_its_establishment_left_it_may_take_back_and_no_more() -> None:
    left = Publishing({}, EVENTS, frozenset({"resource", "share"}), lambda _, said: said == "GONE")
    check_event(left, "SHARE", "GONE")
    assert refusal(left, "SHARE", "GIVEN") == "MANDATE_MISSING"
    assert refusal(left, "CLASS", "GONE") == "MANDATE_MISSING"
    assert refusal(left, "UNHEARD_OF", "GONE") == "MANDATE_MISSING"
    assert refusal(left._replace(back=frozenset({"share"})), "SHARE", "GONE") == "MANDATE_MISSING"


def test_an_event_with_one_record_without_mandate_is_refused_whole() -> None:
    assert refusal(ALL, "SHARE", {}) == "MANDATE_MISSING"
    less = Publishing({"share": frozenset({MINE})}, EVENTS)
    assert refusal(less, "SHARE", {"school": MINE}) == "MANDATE_MISSING"


def test_without_any_mandate_nothing_at_all_is_taken() -> None:
    assert refusal(NOTHING, None, {}) == "MANDATE_MISSING"
    assert refusal(Publishing({}, EVENTS), "UNHEARD_OF", {}) == "MANDATE_MISSING"
    with pytest.raises(SetAside):
        check_records(NOTHING, frozenset())


def test_an_event_of_no_mapping_passes_with_any_mandate_and_is_set_aside_later() -> None:
    check_event(ALL, "UNHEARD_OF", {"school": THEIRS})


@pytest.mark.parametrize(
    "spoofed",
    [
        {"uai": THEIRS},
        {THEIRS: "a key"},
        {"group": {"parent": {"establishments": [MINE, THEIRS]}}},
        [{"members": [{"kind": "GROUP", "of": THEIRS}]}],
    ],
)
def test_another_school_is_found_wherever_it_is_named(spoofed: object) -> None:
    assert refusal(ONE, "SHARE", spoofed) == "MANDATE_ELSEWHERE"


@given(st.integers(1, 40))
def test_however_deep_another_school_is_found(depth: int) -> None:
    value: Any = THEIRS
    for _ in range(depth):
        value = {"in": [value]}
    assert refusal(ONE, "SHARE", value) == "MANDATE_ELSEWHERE"


def test_a_batch_is_refused_event_by_event(speaker: Speaker) -> None:
    limited = speaker._replace(may=ONE, event="type")
    batch = [
        {"specversion": "1.0", "id": str(n), "type": "SHARE", "data": {"uai": uai}}
        | {"source": f"urn:preau:{speaker.instance}"}
        for n, uai in enumerate((MINE, THEIRS, MINE))
    ]
    found = events(limited, said(batch), NOW)
    assert [index for index, _ in found.accepted] == [0, 2]
    assert [(each.place, each.why.code) for each in found.refused] == [(1, "MANDATE_ELSEWHERE")]


def test_a_vendors_own_body_is_checked_by_the_name_that_its_card_says(speaker: Speaker) -> None:
    limited = speaker._replace(may=ONE, event="subject")
    own_body(limited, said({"subject": "SHARE", "school": MINE}), NOW)
    with pytest.raises(SetAside) as refused:
        own_body(limited, said({"subject": "CLASS", "school": MINE}), NOW)
    assert refused.value.code == "MANDATE_MISSING"
