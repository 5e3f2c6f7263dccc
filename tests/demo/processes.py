"""The processes of a demo that a test starts: how they are found, and how long they may take."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil

END_S = 200
Start = Callable[..., subprocess.Popen[str]]


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []  # it has ended meanwhile


def of_the_demo(data: Path) -> list[psutil.Process]:
    """Every process that was told of this data folder, Java and the ENTs included."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*cmdline(process), process.environ().get("PREAU_DATA", "")]
        except psutil.Error:
            continue
        if any(str(data) in each for each in told):
            found.append(process)
    return found
