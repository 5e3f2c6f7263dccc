"""One jar of the lock from Maven Central to the cache, through jgo, without its own dependencies.

jgo resolves a dependency tree too, but the tree it finds is not the one Kafka was released with
(kafka-clients 3.9.1 beside a 4.3.1 broker does not start). So every coordinate of the lock is
asked for alone, and nothing that the lock does not name is ever fetched.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from jgo.maven import MavenContext
from requests import RequestException
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from preau.errors import Place, TryAgain

TIMEOUT_S = 30
PAUSES_S = (1.0, 5.0, 20.0)
"""Between tries: a way out that hiccups is back within seconds, or not for long."""
TRIES = 1 + len(PAUSES_S)

Told = Callable[[str, int, int], None]
"""Called with a file's name, how many files are there, and how many are needed."""


def untold(_name: str, _done: int, _total: int) -> None:
    """For a caller that shows no progress."""


@contextmanager
def bar() -> Iterator[Told]:
    """A progress bar on stderr, drawn only once something is told."""
    columns = (
        TextColumn("Apache Kafka"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task("", total=None)

    def tell(name: str, done: int, total: int) -> None:
        progress.start()
        progress.update(task, description=name, completed=done, total=total)

    try:
        yield tell
    finally:
        if progress.live.is_started:  # else it would print an empty line all the same
            progress.stop()


def fetch(coordinate: str, to: Path) -> None:
    """Puts one jar at `to`, whole or not at all; the caller checks its bytes.

    Raises `TryAgain` when Maven Central cannot be reached or does not have it.
    """
    group, artifact, version = coordinate.split(":")
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".fetching-") as place:
        last: Exception | None = None
        for attempt in range(TRIES):
            if attempt:
                time.sleep(PAUSES_S[attempt - 1])
            cache = Path(place) / str(attempt)
            context = MavenContext(repo_cache=cache, timeout=TIMEOUT_S)
            component = context.project(group, artifact).at_version(version)
            try:
                found = component.artifact(packaging="jar").resolve()
            except (RequestException, RuntimeError, OSError) as error:
                last = error
                continue
            shutil.move(found, to)
            return
    raise TryAgain(
        "JAR_UNREACHABLE",
        f"Maven Central did not give {coordinate} in {TRIES} tries ({type(last).__name__})",
        where=Place(file=to.name),
        fix=f"check the way out (HTTPS_PROXY), or put the jar into {to.parent} yourself, "
        "or give a running Kafka with PREAU_KAFKA=host:port",
    )
