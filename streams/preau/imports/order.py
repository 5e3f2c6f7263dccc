"""What a person asks of an import, and what an import needs from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from preau.clock import Clock
from preau.imports.act import Encode, Listener
from preau.imports.fileset import Progress
from preau.imports.guard import Alarm
from preau.imports.tally import Where
from preau.keys.seal import KeyBook
from preau.store.imports import ImportRuns


def silent(_read: int, _of: int) -> None:
    """Progress that nobody follows."""


def _no_keys() -> KeyBook | None:
    return None


class Tools(NamedTuple):
    """What an import needs from outside: where it keeps its files, the books, Avro, the time.

    `keys` gives the subject keys while delta files of the source may come, else None.
    """

    folder: Path
    runs: ImportRuns
    encode: Encode
    clock: Clock
    key: bytes
    keys: Callable[[], KeyBook | None] = _no_keys


class Hearer(Listener, Protocol):
    """Who listens to a whole import."""

    def ended(self, before: Mapping[Where, int], raised: Sequence[Alarm]) -> None:
        """The objects that there were, by category and place; what would hold the import."""
        ...


class Order(NamedTuple):
    """What a person asks for.

    `partial`: what is absent stays as it was. `rehearse`: compare, keep and send nothing.
    `listener` hears what the set changes, then the counts it was compared with and the alarms.
    """

    paths: Sequence[Path]
    partial: bool = False
    rehearse: bool = False
    progress: Progress = silent
    listener: Hearer | None = None
