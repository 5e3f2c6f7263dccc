"""How a fictional directory service takes complete sets: from a folder, whole and right, or not.

`envoi.csv` says which set and its digest. A report `<numero>.ok` or `.ko` follows; no report of a
real service is documented, so it is assumed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from preau.outlets.file_forms import MANIFEST
from preau.sandbox.ledger import Ledger

DROPS, TAKEN = "drops", "set.taken"
Stand = Callable[[], None]
"""Makes what the set says true, inside the caller's transaction."""


class _Announced(NamedTuple):
    number: int
    file: str
    digest: str


class SetFolder:
    """Watches the folder that the setting `drops` names; `read` gives None for a set it refuses."""

    def __init__(self, ledger: Ledger, read: Callable[[Path], Stand | None]) -> None:
        self._ledger = ledger
        self._read = read

    def turn(self) -> bool:
        """Looks once; whether there was a set to answer."""
        drops = self._ledger.setting(DROPS)
        said = _announced(Path(drops)) if drops else None
        if said is None or self._ledger.setting(TAKEN) == said.digest:
            return False
        path = Path(drops) / said.file
        if sha256(path.read_bytes()).hexdigest() != said.digest:
            return False  # the list of the set that comes now is not there yet
        stand = self._read(path)
        with self._ledger.transaction():
            if stand is not None:
                stand()
            self._ledger.set(TAKEN, said.digest)
        report = Path(drops) / f".{said.number}.part"
        report.touch()
        report.replace(Path(drops) / f"{said.number}.{'ko' if stand is None else 'ok'}")
        return True


def _announced(folder: Path) -> _Announced | None:
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return None
    with manifest.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            return _Announced(int(row["numero"]), row["fichier"], row["sha256"])
    return None
