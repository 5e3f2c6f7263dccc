"""What the tests of the stories share: a demo, started as a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.demo.processes import END_S, Start, of_the_demo


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts `preau demo` as a person does; nothing of it may be left at the end."""
    started: list[subprocess.Popen[str]] = []

    def begin(*options: str, program: str = "") -> subprocess.Popen[str]:
        run = ["-c", program] if program else ["-m", "preau", "demo", *options]
        own = {"PREAU_DATA": str(tmp_path), "PREAU_PORT": "0"}
        kept = {name: v for name, v in os.environ.items() if not name.startswith("PREAU_")}
        started.append(
            subprocess.Popen(
                [sys.executable, *run],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env={**kept, **own, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
            )
        )
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
    psutil.wait_procs(of_the_demo(tmp_path), END_S)
