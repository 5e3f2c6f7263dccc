"""One import as it goes: what it compares, where it writes, who listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from preau.canon.draft import Draft
from preau.imports.last_values import LastValues
from preau.imports.letters import Letters
from preau.store.snapshots import Mark, Snapshot

Encode = Callable[[str, dict[str, object]], bytes]
ESTABLISHMENT, SCHOOL = "establishment", "school "
"""A record that says a UAI; what stands before a school's place in the facts of a snapshot."""


class Listener(Protocol):
    """Hears of each object that a set changes, and of none that it leaves as it was."""

    def said(
        self, new: Mark, old: Mark | None, drafts: Sequence[Draft], gone: Sequence[str]
    ) -> None:
        """What an object says now; `old` when it was there, `gone` the keys it gives no longer."""
        ...

    def gone(self, old: Mark) -> None:
        """An object is no more, nor any of its keys."""
        ...


class Act(NamedTuple):
    """Its version (µs) and moment (ms), the last state and the new one, the last words."""

    version: int
    now_ms: int
    before: Snapshot
    after: Snapshot
    letters: Letters
    last: LastValues
    encode: Encode
    listener: Listener | None = None
