"""Takes a OneRoster CSV package: as the standard has it and complete, or not at all.

It judges by its own reading of the standard (`judge`), not by the hub's check. A "delta" is refused
too: this reader, as many, takes complete packages only. What is in no package any more is gone; a
file that is absent has no line (assumed, as docs/en/oneroster.md says).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from preau.sandbox.ledger import Ledger, Trace
from preau.sandbox.oneroster.held import CSV, FIELDS, Entities, Held
from preau.sandbox.oneroster.judge import faults
from preau.sandbox.set_folder import SetFolder
from preau.sandbox.surface import Call, Refused

_MOST_TOLD = 20


class Importing:
    """From a folder, or by an upload."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._held = Held(ledger)
        self.turn = SetFolder(ledger, self._read).turn

    def upload(self, call: Call) -> object:
        """`POST /imports`, multipart, `package`; 422 and what is wrong when it is refused."""
        if "package" not in call.files:
            raise Refused(400, {"error": "package", "known": ["package: the zip"]})
        content = call.files["package"].content
        if found := faults(content):
            raise Refused(422, {"refused": found[:_MOST_TOLD]})
        return {"taken": self._stand(content)}

    def _read(self, path: Path) -> Callable[[], None] | None:
        content = path.read_bytes()
        return None if faults(content) else lambda: self._taken(content)

    def _taken(self, content: bytes) -> None:
        self._stand(content)

    def _stand(self, content: bytes) -> dict[str, int]:
        told = entities(content)
        self._held.stand(CSV, told)
        counts = {kind: len(found) for kind, found in told.items()}
        self._ledger.effect(Trace(), "package.taken", sum(counts.values()))
        return counts


def entities(content: bytes) -> dict[str, Entities]:
    """What a package says, by kind and id."""
    told: dict[str, Entities] = {
        kind: {
            row["sourcedId"]: {name: row[column] for column, name in fields.items()}
            for row in _rows(content, kind)
        }
        for kind, fields in FIELDS.items()
    }
    for user in told["users"].values():
        user["roles"] = []
    for row in _rows(content, "roles"):
        held = told["users"][row["userSourcedId"]]["roles"]
        held.append([row["orgSourcedId"], row["role"]])
        held.sort()
    return told


def _rows(content: bytes, table: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if f"{table}.csv" not in archive.namelist():
            return []
        text = archive.read(f"{table}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))
