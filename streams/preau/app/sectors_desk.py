"""Where an operator declares the sector of a collège: the écoles whose pupils go there."""

from __future__ import annotations

import re
from collections.abc import Collection

import sqlalchemy as sa

from preau.clock import Clock
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import audit, sectors
from preau.store.audit import OPERATOR, Act
from preau.store.sectors import Sector

_UAI = re.compile(r"[0-9]{7}[A-Z]")


class SectorsDesk:
    """Reads and declares; a sector replaces the one that this collège had."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def declared(self) -> list[Sector]:
        """Every école whose collège was declared."""
        with self._engine.connect() as connection:
            return sectors.every(connection)

    def declare(self, college: str, ecoles: Collection[str], by: str = OPERATOR) -> None:
        """The écoles of this collège are these; raises `SetAside` (SECTOR_UAI).

        Said again, it is no second act.
        """
        for uai in (college, *ecoles):
            if not _UAI.fullmatch(uai) or (uai == college and uai in ecoles):
                where, fix = At(field="uai"), "give a collège, then its écoles, as 0119010J"
                raise SetAside("SECTOR_UAI", "not a collège and écoles", where=where, fix=fix)
        with self._engine.begin() as connection:
            held = {each.ecole for each in sectors.every(connection) if each.college == college}
            if held == set(ecoles):
                return
            sectors.put(connection, college, ecoles)
            act = Act(by, "sector.declared", college, {"ecoles": len(set(ecoles))})
            audit.append(connection, act, self._clock.now_ms())
