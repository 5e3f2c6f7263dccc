"""What holds an import: more than a tenth deleted, more than three quarters changed."""

from __future__ import annotations

from collections import Counter

import pytest

from preau.imports.guard import alarms
from preau.imports.tally import Tally

HERE = ("Eleve", "43")


@pytest.mark.parametrize(
    ("gone", "of", "held"),
    [(10, 100, False), (11, 100, True), (1, 5, False), (2, 5, True), (2, 20, False), (3, 20, True)],
)
def test_more_than_a_tenth_deleted_holds(gone: int, of: int, held: bool) -> None:  # noqa: FBT001
    tally = Tally(removed=Counter({HERE: gone}))
    assert bool(alarms(tally, {HERE: of})) is held


@pytest.mark.parametrize(("changed", "held"), [(75, False), (76, True)])
def test_more_than_three_quarters_changed_hold(changed: int, held: bool) -> None:  # noqa: FBT001
    tally = Tally(changed=Counter({HERE: changed}))
    assert bool(alarms(tally, {HERE: 100})) is held


def test_each_establishment_is_counted_by_itself() -> None:
    tally = Tally(removed=Counter({HERE: 20}))
    (alarm,) = alarms(tally, {HERE: 30, ("Eleve", "44"): 10_000})
    assert (alarm.place, alarm.many, alarm.of) == ("43", 20, 30)


def test_a_first_import_and_additions_hold_nothing() -> None:
    tally = Tally(added=Counter({HERE: 10_000}))
    assert alarms(tally, {}) == []
    assert alarms(tally, {HERE: 1}) == []


def test_a_school_is_named_by_its_uai_when_it_is_known() -> None:
    tally = Tally(removed=Counter({HERE: 20}))
    (known,) = alarms(tally, {HERE: 30}, {"43": "0990001N"})
    (unknown,) = alarms(tally, {HERE: 30})
    assert known.told() == (
        "Eleve de l'établissement 0990001N : 20 fiches sur 30 seraient supprimées (67 %)"
    )
    assert "établissement 43" in unknown.told()
