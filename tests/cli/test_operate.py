"""The operator's commands, each as it is typed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from preau import __version__
from preau.errors import TryAgain
from preau.web.flow import KafkaFlow


def typed(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "preau", *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def workers(flow: KafkaFlow) -> int:
    try:
        return flow.read().steps[0].workers
    except TryAgain:  # Kafka has just started, and its groups are not loaded yet
        return 0


def test_the_version_is_said(preau: Any) -> None:
    assert preau("--version").output == f"preau {__version__}\n"


def test_every_command_explains_itself(preau: Any) -> None:
    commands = (
        "serve",
        "work",
        "web",
        "files",
        "poll",
        "settings",
        "normalise",
        "check",
        "explain",
    )
    for command in (*commands, "new", "accept", "instance", "key"):
        told = preau(command, "--help").output
        assert "Usage:" in told
        assert len(told.splitlines()) > 4


def test_every_setting_is_shown_with_its_value_and_its_meaning(preau: Any, tmp_path: Path) -> None:
    told = preau("settings").output
    assert f"PREAU_DATA={tmp_path / 'hub'}\n    folder of" in told
    assert "PREAU_PORT=8640\n" in told


def test_an_unknown_setting_stops_serve_before_anything_starts(tmp_path: Path) -> None:
    ran = typed("serve", PREAU_DATA=str(tmp_path / "hub"), PREAU_PROT="80")
    assert ran.returncode == 4
    assert "UNKNOWN_SETTING" in ran.stderr
    assert not (tmp_path / "hub").exists()


def test_a_misspelt_step_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    ran = typed("work", "normalize", PREAU_DATA=str(tmp_path))
    assert ran.returncode == 4
    assert "known: normalise, identity, projects, deliver, receipts" in ran.stderr


@pytest.mark.parametrize("command", ["web", "files", "poll"])
def test_a_process_alone_says_that_it_has_no_kafka(tmp_path: Path, command: str) -> None:
    ran = typed(command, PREAU_DATA=str(tmp_path), PREAU_PORT="0")
    assert ran.returncode == 4
    assert "KAFKA_NOT_STARTED" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.kafka
def test_a_step_run_by_hand_makes_the_topics_works_and_ends_with_0(
    tmp_path: Path, kafka: str
) -> None:
    settings = {"PREAU_DATA": str(tmp_path), "PREAU_KAFKA": kafka, "PREAU_REPLICAS": "1"}
    step = subprocess.Popen(
        [sys.executable, "-m", "preau", "work", "receipts"],
        env={**os.environ, **settings},
        stderr=subprocess.DEVNULL,
    )
    flow = KafkaFlow(kafka, {"receipts": ["preau.receipt"]})
    limit = time.monotonic() + 60
    while workers(flow) == 0:
        assert step.poll() is None
        assert time.monotonic() < limit
    step.send_signal(signal.SIGTERM)
    assert step.wait(120) == 0  # its loop alone has 60 s to finish and commit
    assert "preau.control" in flow.read().written
