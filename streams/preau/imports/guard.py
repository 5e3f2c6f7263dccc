"""The mass-change guard: a set that would empty or turn over a school waits for a person.

Limits: design §5 (more than 10 % deleted or 75 % changed of a category of an establishment).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from preau.imports.tally import Tally, Where

DELETED, CHANGED = 0.10, 0.75
#: One departure from a school of five is no mass change: so many objects are the least that hold.
LEAST = 2


class Alarm(NamedTuple):
    """A category of an establishment that changes too much: `many` of `of` objects."""

    category: str
    place: str
    deleted: bool
    many: int
    of: int
    uai: str = ""

    def told(self) -> str:
        """In French, for whoever decides."""
        place = self.uai or self.place  # the number that the source gives it, if nothing better
        where = f" de l'établissement {place}" if place else ""
        verb = "seraient supprimées" if self.deleted else "seraient modifiées"
        share = 100 * self.many / self.of
        return f"{self.category}{where} : {self.many} fiches sur {self.of} {verb} ({share:.0f} %)"


def alarms(
    tally: Tally, before: Mapping[Where, int], schools: Mapping[str, str] | None = None
) -> list[Alarm]:
    """What holds an import, by category and place; nothing at a first import.

    `schools` gives the UAI of places.
    """
    return [
        Alarm(*where, deleted, counts[where], of, (schools or {}).get(where[1], ""))
        for where, of in sorted(before.items())
        for deleted, counts, limit in (
            (True, tally.removed, DELETED),
            (False, tally.changed, CHANGED),
        )
        if counts[where] >= LEAST and counts[where] > limit * of
    ]
