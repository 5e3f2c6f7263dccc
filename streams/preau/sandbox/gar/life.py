"""A fictional GAR besides its sets: where they lie, and what it shows, school by school.

It says nothing to the hub, and nobody acts in it: `/_sandbox/say` knows `{"what": "directory"}`,
which does nothing, as everywhere where a story begins.
"""

from __future__ import annotations

from typing import Any

from preau.sandbox.ledger import Ledger
from preau.sandbox.page import Space, page
from preau.sandbox.set_folder import DROPS
from preau.sandbox.surface import Refused

_TITLE = "GAR (fictif)"
_MEMBERS = (
    "select p.id, p.name from member m join person p on p.id=m.person"
    " where m.code=? and m.uai=? order by p.id"
)
_GROUPS = (
    "select g.code, g.uai, g.title, s.name as school from grp g join school s on s.uai=g.uai"
    " order by g.uai, g.code"
)


class GarLife:
    """Seeds and shows; its methods run inside the caller's transaction."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def seed(self, order: dict[str, Any]) -> object:
        """`{"drops": folder}`: where the hub puts its sets."""
        self._ledger.set(DROPS, str(order[DROPS]))
        return {DROPS: True}

    def say(self, order: dict[str, Any]) -> object:
        """Nothing is ever said."""
        if order.get("what") != "directory":
            raise Refused(400, {"error": "what", "known": ["directory"]})
        return {"said": 0}

    def holds(self) -> object:
        """Its groups, one per UAI, with their members; it takes no document."""
        return [
            {**row, "members": self._members(row), "documents": []}
            for row in self._ledger.rows(_GROUPS)
        ]

    def page(self) -> str:
        """What a school finds in it."""
        note = "Gestionnaire d'accès fictif : ce qu'il a pris du dernier envoi, par établissement."
        return page(
            self._ledger.setting("title") or _TITLE,
            note,
            [self._space(row) for row in self._ledger.rows(_GROUPS)],
        )

    def _members(self, row: dict[str, Any]) -> list[str]:
        return [each["name"] for each in self._ledger.rows(_MEMBERS, row["code"], row["uai"])]

    def _space(self, row: dict[str, Any]) -> Space:
        return Space(row["title"], f"{row['school']} ({row['uai']})", self._members(row), [])
