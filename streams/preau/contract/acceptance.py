"""What `preau accept` would write: the expected files that differ from what comes out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from preau.contract.evidence import Evidence
from preau.contract.telling import answer, as_json


class Change(NamedTuple):
    """One expected file: its text now (empty: no such file) and its text to be (None: deleted)."""

    file: Path
    before: str
    after: str | None

    def lines(self) -> list[str]:
        """The difference, as a unified diff."""
        after = (self.after or "").splitlines()
        name = f"expected/{self.file.name}"
        return list(difflib.unified_diff(self.before.splitlines(), after, name, name, lineterm=""))


def changes(evidence: Evidence) -> list[Change]:
    """Every expected file to write or to delete; raises the folder's own trouble."""
    if evidence.trouble is not None:
        raise evidence.trouble
    found: list[Change] = []
    for name, heard in evidence.heard.items():
        file = evidence.path / "expected" / f"{name}.json"
        before = file.read_text(encoding="utf-8") if file.is_file() else ""
        after = as_json(answer(heard), indent=True).decode()
        if before != after:
            found.append(Change(file, before, after))
    orphans = [file for name, file in evidence.expected.items() if name not in evidence.samples]
    return found + [Change(file, file.read_text(encoding="utf-8"), None) for file in orphans]


def accept(wanted: Iterable[Change]) -> None:
    """Writes each change."""
    for change in wanted:
        change.file.parent.mkdir(exist_ok=True)
        if change.after is None:
            change.file.unlink()
        else:
            change.file.write_text(change.after, encoding="utf-8")
