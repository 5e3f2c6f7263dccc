"""Nothing lost, nothing doubled, nothing out of order, whatever is killed with `kill -9` and when.

`pytest tests/faults --seed N --rounds R` plays the same rounds again, or more of them. A run
without a seed draws one and prints it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

from preau.demo.limoux.town import COLLEGE, EDIFICE
from preau.store.switches import INSTANCE, RECORD, UAI, Order
from tests.faults.campaign import Campaign
from tests.faults.conftest import Play
from tests.faults.cutting import interrupt
from tests.faults.plan import VICTIMS, Round, rounds

Record = Callable[[str, object], None]
CUT_WATCH_S = float(os.environ.get("CUT_WATCH_S", "0"))
"""How long is looked for effects of what is cut, twice; `CUT_WATCH_S=12` tries all three kinds."""
BRIEFLY_S, ENOUGH_S = 2.0, 5.0
"""Ten seconds are promised; a call that is under way takes far less."""
CUTS = [
    (Order(INSTANCE, EDIFICE), EDIFICE),
    (Order(RECORD, "share"), ""),
    (Order(UAI, COLLEGE.uai), EDIFICE),
]
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


@pytest.mark.parametrize(
    ("order", "ent"),
    CUTS if CUT_WATCH_S else CUTS[:1],
    ids=lambda each: getattr(each, "kind", ""),
)
def test_what_is_cut_stops_at_once_and_goes_on_as_if_it_had_never_been(
    campaign: Campaign, seed: int, order: Order, ent: str, record_property: Record
) -> None:
    found = interrupt(campaign, seed, order, ent, CUT_WATCH_S or BRIEFLY_S)
    record_property("cut", str(found))
    assert found.last_s < ENOUGH_S
    assert min(found.kept, found.waiting) > 0
    assert found.wrong == [], f"play it again with --seed {seed}"


def test_a_seed_is_a_plan(seed: int) -> None:
    assert rounds(seed, 20) == rounds(seed, 20)
    assert rounds(seed, 20)[:7] == rounds(seed, 7)
    assert rounds(seed, 20) != rounds(seed + 1, 20)


def test_in_twenty_rounds_every_process_is_killed_at_least_twice(seed: int) -> None:
    killed = Counter(each.victim for each in rounds(seed, 20))
    assert killed.keys() == set(VICTIMS)
    assert min(killed.values()) >= 2
