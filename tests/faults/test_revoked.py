"""A mandate is revoked under load: seconds to the last delivery, none after, all of it withdrawn.

`pytest tests/faults/test_revoked.py --in-flight 2000 -s` plays it larger.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.revoking import revoke
from tests.faults.world import open_world

SOON_MS = 5_000
LOOKED_S = 5.5
pytestmark = [pytest.mark.kafka, pytest.mark.faults]


def test_nothing_reaches_an_ent_once_its_mandate_is_revoked_and_all_of_it_is_withdrawn(
    tmp_path: Path,
    hub_database: Callable[[], str],
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    count = int(pytestconfig.getoption("in_flight"))
    with open_world(tmp_path, hub_database()) as world:
        found = revoke(world, count, LOOKED_S)
    last_ms = max(found.last_ms, 0)
    told = (
        f"revoked with {found.under_way} documents under way: last delivery {last_ms} ms"
        f" after the order, 0 in the {found.watched_ms / 1000:.0f} s that were watched;"
        f" {found.refused} refused; {len(found.withdrawn)} withdrawals answered APPLIED"
    )
    record_property("revoked", told)
    sys.stdout.write(told + "\n")
    assert found.under_way >= count // 2
    assert found.last_ms < SOON_MS < found.watched_ms
    assert found.refused > 0
    assert found.held - found.withdrawn == set()
    assert len(found.held) > 25
