"""Apache Kafka's own jars: exactly the 46 of `jars.lock`, by coordinate, size and SHA-256.

A wrong version or a changed byte refuses to start. The hashes are computed at the first start and
whenever a file's size or time changed since; between the two a stamp makes the check instant.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from preau.broker.fetch import Told, fetch, untold
from preau.errors import Place, Stop

KAFKA = "4.3.1"
STAMP = "verified.json"
_AT_ONCE = 6


class Jar(NamedTuple):
    """One line of the lock; `size` in bytes, `sha256` in hexadecimal."""

    coordinate: str
    size: int
    sha256: str

    @property
    def file(self) -> str:
        """The name Maven gives the file: artifactId-version.jar."""
        _group, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"


def locked() -> tuple[Jar, ...]:
    """The lock, as committed with the package."""
    text = files("preau.broker").joinpath("jars.lock").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(Jar(coordinate, int(size), sha) for coordinate, size, sha in rows)


def default_cache() -> Path:
    """Where the jars are kept: `$XDG_CACHE_HOME/preau/kafka-4.3.1`, else under `~/.cache`."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "preau" / f"kafka-{KAFKA}"


def class_path(folder: Path | None = None, tell: Told = untold) -> str:
    """The checked class path, after fetching what is missing; raises `Stop` on any difference.

    Only the locked jars are named in it: a file that lies beside them is never loaded.
    """
    folder = folder or default_cache()
    folder.mkdir(parents=True, exist_ok=True)
    jars = locked()
    _refuse_other_versions(folder, jars)
    _complete(folder, jars, tell)
    _verify(folder, jars)
    return os.pathsep.join(str(folder / jar.file) for jar in jars)


def _complete(folder: Path, jars: Iterable[Jar], tell: Told) -> None:
    """Fetches what is absent or shorter than it must be (a download that was cut)."""
    wanted = list(jars)
    missing = [jar for jar in wanted if _size(folder / jar.file) < jar.size]
    if not missing:
        return
    done = len(wanted) - len(missing)
    tell("", done, len(wanted))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        asked = {pool.submit(fetch, jar.coordinate, folder / jar.file): jar for jar in missing}
        for answer in as_completed(asked):
            answer.result()
            done += 1
            tell(asked[answer].file, done, len(wanted))


def _verify(folder: Path, jars: Iterable[Jar]) -> None:
    seen = _read_stamp(folder)
    now: dict[str, list[int | str]] = {}
    for jar in jars:
        path = folder / jar.file
        state = path.stat()
        mark: list[int | str] = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, jar.sha256]
        if seen.get(jar.file) != mark:
            _check(path, jar)
        now[jar.file] = mark
    if now != seen:
        _write_stamp(folder, now)


def _check(path: Path, jar: Jar) -> None:
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != jar.sha256:
        raise Stop(
            "JAR_CHANGED",
            f"this is not {jar.coordinate}: SHA-256 {found[:16]}…, {jar.sha256[:16]}… required",
            where=Place(file=str(path)),
            fix="delete this file: the next start fetches it again; if it comes back, tell us",
        )


def _refuse_other_versions(folder: Path, jars: Iterable[Jar]) -> None:
    known = {jar.file: jar for jar in jars}
    artifacts = {_artifact(name): jar for name, jar in known.items()}
    for path in sorted(folder.glob("*.jar")):
        jar = None if path.name in known else artifacts.get(_artifact(path.name))
        if jar is not None:
            raise Stop(
                "JAR_VERSION",
                f"another version of {jar.coordinate} lies in the folder of Kafka's jars",
                where=Place(file=str(path)),
                known=(jar.file,),
                fix="delete this file, or give another folder",
            )


def _artifact(name: str) -> str:
    """The artifact of a jar's name: what stands before the first `-` followed by a digit."""
    parts = name.removesuffix(".jar").split("-")
    numbers = (place for place, part in enumerate(parts) if part[:1].isdigit())
    return "-".join(parts[: next(numbers, len(parts))])


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _read_stamp(folder: Path) -> dict[str, list[int | str]]:
    try:
        stamp: dict[str, list[int | str]] = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def _write_stamp(folder: Path, stamp: dict[str, list[int | str]]) -> None:
    draft = folder / f"{STAMP}.{os.getpid()}"
    draft.write_text(json.dumps(stamp), "utf-8")
    draft.replace(folder / STAMP)
