"""The counts of one import: what was read, what changed where, what was set aside and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from preau.imports.shown import shown

MOST = 100
"""Places kept of one import."""
Where = tuple[str, str]
"""A category and the establishment it is counted for (empty: the source as a whole)."""


@dataclass
class Tally:
    """Everything is counted once: read = added + changed + renewed + unchanged + repeated + unread.

    `renewed` objects are said again because the folder changed; `unread` ones could not be read;
    `spared` were absent, but of a category in which something could not be read; `canonical` counts
    canonical records, `aside` reasons; `places` are (file, place, code) of the first that could not
    be read, for whoever must mend them in the file.
    """

    read: int = 0
    canonical: int = 0
    renewed: int = 0
    unchanged: int = 0
    repeated: int = 0
    unread: int = 0
    spared: int = 0
    added: Counter[Where] = field(default_factory=Counter)
    changed: Counter[Where] = field(default_factory=Counter)
    removed: Counter[Where] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    places: list[tuple[str, str, str]] = field(default_factory=list)

    def set_aside(self, file: str, place: str, code: str) -> None:
        """One record of a file that could not be read."""
        self.unread += 1
        self.aside[code] += 1
        if len(self.places) < MOST:
            self.places.append((shown(file), place, code))

    def told(self) -> dict[str, Any]:
        """As plain values, by category."""
        return {
            "read": self.read,
            "canonical": self.canonical,
            "set_aside": dict(sorted(self.aside.items())),
            "added": _by_category(self.added),
            "changed": _by_category(self.changed),
            "removed": _by_category(self.removed),
            "renewed": self.renewed,
            "unchanged": self.unchanged,
            "repeated": self.repeated,
            "unread": self.unread,
            "spared": self.spared,
            "categories": dict(sorted(self.categories.items())),
            "places": self.places,
        }


def _by_category(counts: Counter[Where]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for (category, _), count in counts.items():
        found[category] += count
    return dict(sorted(found.items()))
