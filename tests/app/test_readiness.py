"""A hub that cannot be ready says which process is why, in that process's own words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from preau.app.readiness import health, wait_until_well
from preau.app.supervisor import Child, Supervisor
from preau.errors import Stop

NOBODY = "http://127.0.0.1:9"
REFUSING = """
import json, sys
print(json.dumps({"event": "process cannot run", "said": "[CARD] ent: \\"x\\" é; fix: mend it"}))
sys.exit(4)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """One child, which never runs for long."""
    (tmp_path / "refusing.py").write_text(REFUSING, "utf-8")
    made = Supervisor({"PYTHONPATH": str(tmp_path)}, tmp_path / "logs")
    made.waves = [[Child("normalise-0", "refusing")]]
    tending = threading.Thread(target=made.run)
    tending.start()
    yield made
    made.stopping = True
    tending.join()
    made.stop()


def test_the_process_that_cannot_run_is_named_with_its_reason(supervisor: Supervisor) -> None:
    with pytest.raises(Stop, match="HUB_NOT_READY") as refused:
        wait_until_well(NOBODY, supervisor)
    assert 'normalise-0 was started 4 times and is not ready: [CARD] ent: "x" é' in str(
        refused.value
    )
    assert str(supervisor.logs / "normalise-0.log") in str(refused.value)


def test_nobody_answering_is_no_health() -> None:
    assert health(NOBODY) == {}
