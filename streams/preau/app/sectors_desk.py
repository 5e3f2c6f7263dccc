"""Where an operator declares the sector of a collège: the écoles whose pupils go there."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from preau.app.sector_file import SectorLine, read_sectors
from preau.clock import Clock
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import audit, sectors
from preau.store.audit import OPERATOR, Act
from preau.store.sectors import Sector
from preau.web.project_needs import SectorsTaken

_UAI = re.compile(r"[0-9]{7}[A-Z]")


class SectorsDesk:
    """Reads and declares; a changed sector travels as `sector.v1` (step `projects`)."""

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
            held = {each.ecole: each for each in sectors.every(connection)}
            mine = {each.ecole for each in held.values() if each.college == college}
            if mine == set(ecoles):
                return
            one = next((held[each] for each in mine), Sector("", college))
            wanted = {name: each for name, each in held.items() if name not in mine}
            under = {each: held[each].circonscription for each in ecoles if each in held}
            wanted |= {e: one._replace(ecole=e, circonscription=under.get(e, "")) for e in ecoles}
            self._write(connection, held, wanted)
            act = Act(by, "sector.declared", college, {"ecoles": len(set(ecoles))})
            audit.append(connection, act, self._clock.now_ms())

    def take(self, content: bytes, *, complete: bool, by: str = OPERATOR) -> SectorsTaken:
        """The sectors of a CSV file, all of it or nothing; raises `SetAside` (SECTOR_LINES, …).

        Taken again, it is no second act. `complete`: an école that is not in the file leaves the
        sector of its collège, if the file names that collège.
        """
        lines = read_sectors(content)
        with self._engine.begin() as connection:
            held = {each.ecole: each for each in sectors.every(connection)}
            wanted = _wanted(held, lines, complete=complete)
            changed = self._write(connection, held, wanted)
            taken = SectorsTaken(len(lines), len(changed), len(held.keys() - wanted.keys()))
            if changed:
                facts = {"lines": len(lines), "colleges": len(changed), "gone": taken.withdrawn}
                act = Act(by, "sector.imported", "sectors", facts)
                audit.append(connection, act, self._clock.now_ms())
            return taken

    def _write(
        self, connection: sa.Connection, held: dict[str, Sector], wanted: dict[str, Sector]
    ) -> list[str]:
        """Writes the sectors that differ; gives their collèges."""
        rows = {*held.values()} ^ {*wanted.values()}
        changed = sorted({each.college for each in rows})
        now = self._clock.now_ms()
        for college in changed:
            mine = [each for _, each in sorted(wanted.items()) if each.college == college]
            sectors.write(connection, college, mine, now)
        return changed


def _wanted(
    held: dict[str, Sector], lines: Sequence[SectorLine], *, complete: bool
) -> dict[str, Sector]:
    """What holds once the file is taken; what it does not say stays as it was."""
    named = {each.college for each in lines}
    networks = {each.college: (each.network, each.name) for each in held.values()}
    for line in lines:
        _, known = networks.get(line.college, (False, ""))
        if line.network is not None:
            networks[line.college] = line.network, (line.name or known) if line.network else ""
    wanted = {
        ecole: each for ecole, each in held.items() if not complete or each.college not in named
    }
    for line in lines:
        before = held.get(line.ecole)
        under = line.circonscription or (before.circonscription if before is not None else "")
        wanted[line.ecole] = Sector(line.ecole, line.college, under)
    none = (False, "")
    return {
        ecole: Sector(*each[:3], *networks.get(each.college, none))
        for ecole, each in wanted.items()
    }
