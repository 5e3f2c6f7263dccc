"""Which Java runs Kafka, and how a wrong one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from preau.broker.java import Java, find_java
from preau.errors import Stop

NOWHERE = Path("/nowhere/java")


def pretend(folder: Path, version: str) -> Path:
    """A program that answers `-version` as a Java of that version does."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2024-01-01' >&2\n")
    java.chmod(0o755)
    return java


def test_java_home_comes_first(tmp_path: Path) -> None:
    java = pretend(tmp_path, "21.0.2")
    assert find_java(environ={"JAVA_HOME": str(tmp_path)}) == Java(java, 21)


def test_then_the_path(tmp_path: Path) -> None:
    java = pretend(tmp_path, "17")
    assert find_java(environ={"PATH": str(java.parent)}) == Java(java, 17)


def test_a_java_home_that_is_too_old_gives_way_to_the_packaged_runtime(tmp_path: Path) -> None:
    pretend(tmp_path, "11.0.22")
    found = find_java(environ={"JAVA_HOME": str(tmp_path)})
    assert found.major == 25


def test_a_machine_without_java_uses_the_packaged_runtime() -> None:
    assert find_java(environ={}).major == 25


@pytest.mark.parametrize("version", ["1.8.0_402", "11.0.22", "16.0.1"])
def test_a_java_that_was_asked_for_and_is_too_old_is_refused(tmp_path: Path, version: str) -> None:
    java = pretend(tmp_path, version)
    with pytest.raises(Stop) as refused:
        find_java(java)
    assert refused.value.code == "WRONG_JAVA"
    assert str(java) in refused.value.complaint.what


def test_when_nothing_runs_every_candidate_is_named(tmp_path: Path) -> None:
    pretend(tmp_path, "11")
    with pytest.raises(Stop, match="does not run") as refused:
        find_java(environ={"JAVA_HOME": str(tmp_path)}, packaged=NOWHERE)
    assert "Java 11" in refused.value.complaint.what


def test_only_a_new_java_gets_the_flags_that_quiet_it() -> None:
    assert Java(NOWHERE, 17).quiet_flags() == []
    assert "--sun-misc-unsafe-memory-access=allow" in Java(NOWHERE, 25).quiet_flags()
