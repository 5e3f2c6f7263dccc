"""The schools of one sector: a collège, and the écoles whose pupils go to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from preau.sandbox.territory import numbers
from preau.sandbox.territory.dice import Dice
from preau.sandbox.territory.levels import COLLEGE, LAST, LEVELS, Level
from preau.sandbox.territory.names import SCHOOLS, STREETS, TOWNS

_UNIT = 170  # pupils of a primary school, or of a pair that shares the levels
_MOST_UNITS = 8


@dataclass(slots=True, eq=False)
class Class:
    """A class or a group of one school and one year: `code` is its id, `levels` its formations."""

    code: str
    label: str
    levels: list[Level]
    draws_from: list[Class] = field(default_factory=list)
    without_level: bool = False


@dataclass(slots=True, eq=False)
class School:
    """One école or collège; `levels` is the first and the last that it teaches (from 0 to 11)."""

    sector: int
    slot: int
    name: str
    town: str
    levels: tuple[int, int]
    rpi: str = ""
    has_ulis: bool = False
    has_segpa: bool = False
    style: int = 0
    wrong_uai: bool = False
    classes: list[Class] = field(default_factory=list)
    groups: list[Class] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Its jointure."""
        return numbers.structure(self.sector, self.slot)

    @property
    def uai(self) -> str:
        """Its right UAI."""
        return numbers.uai(self.sector, self.slot)

    @property
    def said_uai(self) -> str:
        """What AAF says: another letter when this flaw was planted."""
        return numbers.wrong_letter(self.uai) if self.wrong_uai else self.uai

    @property
    def first_degree(self) -> bool:
        """Whether it is an école."""
        return self.slot > 0

    @property
    def circonscription(self) -> int:
        """The jointure of the circonscription: one for four sectors."""
        return numbers.structure(self.sector - self.sector % 4, numbers.SLOTS - 1)

    def teaches(self, level: int) -> bool:
        """Whether it has this level."""
        return self.levels[0] <= level <= self.levels[1]


#: How a unit shares its levels: one école, maternelle and élémentaire, or a regroupement (RPI).
_SHARES = (((0, 7),), ((0, 2), (3, 7)), ((0, 4), (5, 7)), ((0, 7),))


def found(sector: int, pupils: int, throw: Dice) -> tuple[School, list[list[School]]]:
    """The collège and the units of écoles of a sector of so many pupils; every slot is another."""
    towns = throw.sample(TOWNS, 4)
    college = School(sector, 0, throw.choice(SCHOOLS), towns[0], (COLLEGE, LAST))
    college.has_segpa = sector % 4 == 0
    college.style = throw.randrange(4)
    count = min(_MOST_UNITS, max(2, round(pupils * COLLEGE / len(LEVELS) / _UNIT)))
    units, slot = [], 1
    for unit in range(count):
        shares = _SHARES[(unit + sector + 1) % len(_SHARES)]
        town = throw.choice(towns)
        rpi = f"RPI {town}" if shares[0] == (0, 4) else ""
        schools = []
        for levels in shares:
            schools.append(School(sector, slot, throw.choice(SCHOOLS), town, levels, rpi))
            slot += 1
        schools[-1].has_ulis = unit == 0
        units.append(schools)
    return college, units


def street(throw: Dice) -> str:
    """An invented address line."""
    return f"{throw.randrange(1, 90)} RUE {throw.choice(STREETS)}"
