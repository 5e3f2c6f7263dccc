"""Nothing lost, nothing doubled, nothing out of order, whatever is killed with `kill -9` and when.

`pytest tests/faults --seed N --rounds R` plays the same rounds again, or more of them. A run
without a seed draws one and prints it.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.campaign import Campaign
from tests.faults.conftest import Play
from tests.faults.plan import VICTIMS, Round, rounds

pytestmark = [pytest.mark.kafka, pytest.mark.faults]


def test_both_ents_hold_what_was_said_whatever_was_killed(
    campaign: Campaign, seed: int, planned: Round, played: Play
) -> None:
    found = campaign.play(seed, planned)
    played(found)
    again = f"play it again with --seed {seed} --rounds {planned.number + 1}"
    assert found.wrong == [], f"{planned}: {again}"
    assert found.events >= 2_000
    assert found.effects >= 200


def test_a_seed_is_a_plan(seed: int) -> None:
    assert rounds(seed, 20) == rounds(seed, 20)
    assert rounds(seed, 20)[:7] == rounds(seed, 7)
    assert rounds(seed, 20) != rounds(seed + 1, 20)


def test_in_twenty_rounds_every_process_is_killed_at_least_twice(seed: int) -> None:
    killed = Counter(each.victim for each in rounds(seed, 20))
    assert killed.keys() == set(VICTIMS)
    assert min(killed.values()) >= 2
