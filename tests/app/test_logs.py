"""Logs are JSON lines, and what an error quotes never reaches them."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

from preau.app.logs import Seldom

PROGRAM = """
import logging, structlog
from preau.app.logs import start_logs
start_logs({level!r}, "deliver")
log = structlog.get_logger()
log.info("file read", instance="ent-ecole", taken=3)
for logger in (log, logging.getLogger("elsewhere")):
    try:
        raise ValueError("DELPRAT Maëlys")
    except ValueError:
        logger.exception("it failed")
logging.getLogger("kafka").info("chatter")
"""


def said(level: str) -> list[dict[str, Any]]:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(level=level)], capture_output=True, check=True
    )
    assert b"DELPRAT" not in ran.stderr + ran.stdout
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_each_line_says_what_when_and_in_which_step() -> None:
    first = said("INFO")[0]
    assert first["event"] == "file read"
    assert first["step"] == "deliver"
    assert first["level"] == "info"
    assert first["timestamp"].endswith("Z")


def test_of_an_exception_only_its_kind_is_written() -> None:
    told = said("INFO")
    assert [line.get("exception") for line in told] == [None, "ValueError", "ValueError"]


def test_a_level_silences_what_is_below_it() -> None:
    assert [line["event"] for line in said("ERROR")] == ["it failed", "it failed"]


def test_what_a_client_repeats_is_written_once_in_a_while() -> None:
    now = [0.0]
    seldom = Seldom(10.0, lambda: now[0])

    def passes(text: str) -> bool:
        return seldom.filter(logging.LogRecord("kafka.client", 40, "", 0, text, None, None))

    assert [passes("FAIL a"), passes("FAIL b"), passes("GETPID c")] == [True, False, True]
    now[0] = 10.0
    assert passes("FAIL d")
