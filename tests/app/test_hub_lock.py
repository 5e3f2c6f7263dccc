"""One hub per data folder, until the last of its processes has ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from preau.app.hub_lock import only_hub
from preau.broker.lock import seen
from preau.errors import Stop

KILLED_HUB = """
import os, subprocess, sys
from pathlib import Path
from preau.app.hub_lock import only_hub
with only_hub(Path(sys.argv[1])) as lock:
    none = subprocess.DEVNULL
    left = subprocess.Popen(["sleep", sys.argv[2]], pass_fds=[lock], stdout=none, stderr=none)
    print(left.pid, flush=True)
    os.kill(os.getpid(), 9)
"""


def killed_hub(folder: Path, seconds: str) -> int:
    """A hub that died by `kill -9` and left a process for so many seconds; that one's number."""
    hub = subprocess.run(
        [sys.executable, "-c", KILLED_HUB, str(folder), seconds], capture_output=True, check=False
    )
    return int(hub.stdout)


def test_a_second_hub_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    with (
        only_hub(tmp_path),
        pytest.raises(Stop, match=f"HUB_RUNNING.*process {os.getpid()}"),
        only_hub(tmp_path),
    ):
        pass


def test_the_folder_is_free_after_a_hub_has_ended(tmp_path: Path) -> None:
    with only_hub(tmp_path):
        pass
    with only_hub(tmp_path) as again:
        assert again > 0


def test_a_hub_waits_until_the_processes_of_a_killed_one_have_ended(tmp_path: Path) -> None:
    left = seen(killed_hub(tmp_path, "1"))
    assert left.running()
    with only_hub(tmp_path):
        assert not left.running()


def test_a_hub_does_not_wait_for_ever(tmp_path: Path) -> None:
    left = killed_hub(tmp_path, "60")
    with pytest.raises(Stop, match="HUB_RUNNING"), only_hub(tmp_path, patience_s=0.2):
        pass
    os.kill(left, 9)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "utf-8")
    with pytest.raises(Stop, match=r"DATA_DENIED.*PREAU_DATA"), only_hub(tmp_path / "file"):
        pass
