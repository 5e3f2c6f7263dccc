"""Writes the files that each school makes itself: ONDE, SIECLE and STSWEB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from preau.sandbox.territory.desk import Desk
from preau.sandbox.territory.onde import Onde
from preau.sandbox.territory.sector import Sector
from preau.sandbox.territory.siecle import Siecle
from preau.sandbox.territory.sts import Sts


class SchoolFiles:
    """The three formats of one year."""

    def __init__(self, folder: Path, academy: tuple[str, str], desk: Callable[[str], Desk]) -> None:
        self._onde = Onde(folder / "onde", desk("onde"))
        self._siecle = Siecle(folder, desk("siecle"))
        self._sts = Sts(folder / "sts", desk("sts"), academy)

    def write(self, sector: Sector) -> dict[int, str]:
        """Every school of a sector; returns where each pupil of an école is: `<UAI>/<line>`."""
        lines: dict[int, str] = {}
        for school in sector.ecoles:
            pupils = sector.of(school)
            self._onde.school(school, pupils, sector.staff)
            lines.update({p.number: f"{school.uai}/{n}" for n, p in enumerate(pupils, 2)})
        college = sector.college
        zipped = sector.number % 20 == 1
        self._siecle.school(college, sector.of(college), zipped=zipped)
        self._sts.school(college, sector.staff)
        return lines
