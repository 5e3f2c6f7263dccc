"""The campaign finds what it is for: bugs that lose or double are planted, and each is reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from preau.app.supervisor import FIRST_WAIT_S, Child
from tests.faults.campaign import SMALL, Campaign
from tests.faults.plan import acts_of
from tests.faults.planted import BUGS
from tests.faults.world import until

pytestmark = [pytest.mark.kafka, pytest.mark.faults]
ROOT = Path(__file__).resolve().parents[2]
PROCESS = {"commits-first": "normalise-0", "done-first": "deliver", "forgetful": "deliver"}


@contextmanager
def planted(campaign: Campaign, bug: str, mark: Path) -> Iterator[None]:
    """The process of the bug runs with it, and without it again at the end."""
    child = campaign.world.hub.supervisor.child(PROCESS[bug])
    sound = (child.module, child.arguments)
    try:
        anew(campaign, child, "tests.faults.planted", (bug, str(mark), *sound[1]))
        yield
    finally:
        anew(campaign, child, *sound)


def anew(campaign: Campaign, child: Child, module: str, arguments: Sequence[str]) -> None:
    """Kills a process of the hub; the supervisor starts this in its place."""
    campaign.world.hub.supervisor.environment["PYTHONPATH"] = str(ROOT)
    child.module, child.arguments = module, arguments
    child.wait = FIRST_WAIT_S  # it dies more often than a sound one does
    until(lambda: child.alive)  # it may have killed itself just now
    lives = child.lives
    campaign.kill(child.name)
    until(lambda: child.lives > lives and child.alive)


def found(campaign: Campaign, bug: str, mark: Path, seed: int) -> set[str]:
    """What a small round finds wrong: `missing`, `doubled`, `out of order`."""
    chance = acts_of(seed, BUGS.index(bug))
    with planted(campaign, bug, mark):
        campaign.open(chance, SMALL)
        campaign.go_on(chance, SMALL)
        until(mark.exists)
        wrong = campaign.close()
    return {line.partition(":")[0] for line in wrong}


@pytest.mark.parametrize("bug", ["commits-first", "done-first"])
def test_what_is_committed_before_it_is_delivered_is_reported_as_missing(
    campaign: Campaign, bug: str, tmp_path: Path, seed: int
) -> None:
    assert "missing" in found(campaign, bug, tmp_path / "mark", seed)


def test_a_call_repeated_without_looking_first_is_reported_as_doubled(
    campaign: Campaign, tmp_path: Path, seed: int
) -> None:
    assert "doubled" in found(campaign, "forgetful", tmp_path / "mark", seed)
