"""The supervisor: what ends is started again, what must stop stops in order, logs stay small."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from preau.app import supervisor as module
from preau.app.supervisor import Child, Supervisor

LOYAL = """
import signal, sys
def end(*_):
    with open("ends", "a") as sink:
        print(sys.argv[1], file=sink)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
sys.stdin.read()
"""
STUBBORN = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); sys.stdin.read()"
DEAF = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: None)
print("ready", flush=True)
sys.stdin.readline()
"""
Make = Callable[..., Supervisor]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A supervisor of waves of children; each child is (name, program)."""
    monkeypatch.chdir(tmp_path)
    made: list[Supervisor] = []

    def supervise(*waves: list[tuple[str, str]]) -> Supervisor:
        found = Supervisor({"PYTHONPATH": str(tmp_path)}, tmp_path / "logs")
        for wave in waves:
            for name, program in wave:
                (tmp_path / f"{name}_program.py").write_text(program, "utf-8")
            found.waves.append([Child(name, f"{name}_program", (name,)) for name, _ in wave])
        made.append(found)
        return found

    yield supervise
    for each in made:
        each.stop(0.1)


def until(supervisor: Supervisor, holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < limit
        supervisor.tend()


def ready(supervisor: Supervisor, name: str, lives: int = 1) -> bool:
    log = supervisor.log_of(supervisor.child(name))
    return log.exists() and log.read_text("utf-8").count("ready") == lives


def test_a_child_killed_with_kill_9_is_started_again(make: Make) -> None:
    supervisor = make([("one", LOYAL)])
    until(supervisor, lambda: ready(supervisor, "one"))
    first = supervisor.child("one").pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(supervisor, lambda: ready(supervisor, "one", lives=2))
    assert supervisor.child("one").pid not in {None, first}


def test_a_child_that_cannot_run_is_started_ever_more_slowly(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.01)
    supervisor = make([("broken", "raise SystemExit(4)")])
    child = supervisor.child("broken")
    child.wait = 0.01
    waits: list[float] = []
    while child.lives < 4:
        until(supervisor, lambda: child.lives == len(waits) + 1)
        until(supervisor, lambda: child.due > 0)
        waits.append(child.wait)
    assert waits == [0.02, 0.04, 0.08, 0.16]


def test_waves_stop_one_after_the_other(make: Make, tmp_path: Path) -> None:
    supervisor = make([("web", LOYAL)], [("normalise", LOYAL)], [("deliver", LOYAL)])
    for child in supervisor.children:
        until(supervisor, lambda name=child.name: ready(supervisor, name))  # type: ignore[misc] # a default argument is the way to keep the loop's value
    supervisor.stop()
    assert (tmp_path / "ends").read_text("utf-8").split() == ["web", "normalise", "deliver"]
    assert [child.alive for child in supervisor.children] == [False, False, False]


def test_a_child_that_does_not_stop_is_killed(make: Make) -> None:
    supervisor = make([("stubborn", STUBBORN)])
    until(supervisor, lambda: supervisor.child("stubborn").alive)
    supervisor.stop(0.2)
    assert not supervisor.child("stubborn").alive


def test_a_child_that_still_waits_for_the_word_is_not_waited_for(make: Make) -> None:
    supervisor = make([("deaf", DEAF)])
    until(supervisor, lambda: ready(supervisor, "deaf"))
    supervisor.stop()
    process = supervisor.child("deaf").process
    assert process is not None
    assert process.returncode == 0  # its standard input ended; it was not killed


def test_a_log_that_grew_is_kept_once_and_begun_anew(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOG_BYTES", 100)
    supervisor = make([("one", LOYAL)])
    log = supervisor.log_of(supervisor.child("one"))
    log.parent.mkdir()
    log.write_bytes(b"old\n" * 50)

    def stop_when_trimmed() -> None:
        supervisor.stopping = log.stat().st_size == 0 or log.read_bytes() == b"ready\n"

    supervisor.run(stop_when_trimmed)
    assert log.with_name("one.log.1").read_bytes().startswith(b"old\n" * 50)
