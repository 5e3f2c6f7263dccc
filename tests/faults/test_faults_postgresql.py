"""The same campaign where the database is a PostgreSQL, which is killed too, more than the rest.

A run on both kinds plays some rounds here (`--further`); one on PostgreSQL alone plays all of them
in `test_faults.py`.
"""

from __future__ import annotations

import pytest

from tests.databases import KINDS, POSTGRESQL, WHOLE
from tests.faults.campaign import Campaign
from tests.faults.conftest import Play
from tests.faults.plan import VICTIMS, Round, rounds

KIND = POSTGRESQL
pytestmark = [
    pytest.mark.kafka,
    pytest.mark.faults,
    pytest.mark.skipif(POSTGRESQL not in KINDS or KIND == WHOLE, reason="one kind is asked for"),
]


def test_both_ents_hold_what_was_said_whatever_was_killed(
    campaign: Campaign, seed: int, planned: Round, played: Play
) -> None:
    found = campaign.play(seed, planned)
    played(found)
    again = f"play it again with --seed {seed} --further {planned.number + 1}"
    assert found.wrong == [], f"{planned}: {again}"
    assert found.events >= 2_000
    assert found.effects >= 200


def test_no_process_took_its_death_for_a_fault(campaign: Campaign) -> None:
    logs = campaign.world.settings.folder / "logs"
    for log in logs.glob("*.log"):
        text = log.read_text("utf-8")
        assert "Traceback" not in text, log.name
        assert '"process failed"' not in text, log.name
        assert '"process cannot run"' not in text, log.name


def test_postgresql_is_killed_before_every_two_others(seed: int) -> None:
    plan = [each.victim for each in rounds(seed, 12, POSTGRESQL)]
    assert [at for at, victim in enumerate(plan) if victim == POSTGRESQL] == [0, 3, 6, 9]
    assert set(plan) == {POSTGRESQL, *VICTIMS}
