"""The command `preau serve` as a process: told to stop it stops all, killed it leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = [pytest.mark.kafka, pytest.mark.faults]
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(tmp_path: Path, hub_database: Callable[[], str]) -> Iterator[Start]:
    """Starts a hub on one folder and waits until it says where it answers."""
    hubs: list[subprocess.Popen[bytes]] = []

    settings = {"PREAU_DATA": str(tmp_path / "hub"), "PREAU_PORT": "0"}
    settings["PREAU_DATABASE"] = hub_database()

    def run() -> subprocess.Popen[bytes]:
        with (tmp_path / "words").open("ab") as words:
            hub = subprocess.Popen(
                [sys.executable, "-m", "preau", "serve"],
                env={**os.environ, **settings},
                stdout=subprocess.PIPE,
                stderr=words,
            )
        hubs.append(hub)
        assert hub.stdout is not None
        assert b"http://127.0.0.1:" in hub.stdout.readline()
        return hub

    yield run
    for hub in hubs:
        hub.kill()
        hub.wait()
        if hub.stdout is not None:
            hub.stdout.close()


def family(hub: subprocess.Popen[bytes]) -> list[psutil.Process]:
    found = psutil.Process(hub.pid).children(recursive=True)
    assert len(found) >= 7  # web, files, normalise, projects, deliver; Kafka and its guard
    return found


def running(processes: list[psutil.Process]) -> list[psutil.Process]:
    zombie = psutil.STATUS_ZOMBIE
    return [p for p in processes if p.is_running() and p.status() != zombie]


def test_a_hub_killed_with_kill_9_leaves_no_process_and_the_next_one_starts_and_stops(
    start: Start, tmp_path: Path
) -> None:
    killed = start()
    left = family(killed)
    killed.kill()
    killed.wait()
    hub = start()  # it waits for the others' end by itself
    assert running(left) == []
    left = family(hub)
    hub.send_signal(signal.SIGTERM)
    assert hub.wait(90) == 0  # a minute at most on a quiet machine
    assert running(left) == []
    for line in (tmp_path / "words").read_text("utf-8").splitlines():
        assert json.loads(line)["step"] == "serve"


def test_a_hub_told_to_stop_while_it_starts_ends_at_once(tmp_path: Path) -> None:
    settings = {"PREAU_DATA": str(tmp_path), "PREAU_PORT": "0"}
    hub = subprocess.Popen(
        [sys.executable, "-m", "preau", "serve"],
        env={**os.environ, **settings},
        stderr=subprocess.DEVNULL,
    )
    limit = time.monotonic() + 60
    while not (tmp_path / "logs").exists():
        assert time.monotonic() < limit
    left = psutil.Process(hub.pid).children(recursive=True)
    hub.send_signal(signal.SIGINT)
    assert hub.wait(60) == 130
    while running(left):  # one that was just being started sees the end of its pipe
        assert time.monotonic() < limit
