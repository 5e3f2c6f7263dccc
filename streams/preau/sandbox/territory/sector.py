"""One sector as it is in one of the two years: schools, families, staff, all placed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from preau.sandbox.territory import schools, staffing
from preau.sandbox.territory.births import Births, settle
from preau.sandbox.territory.classes import Wear, arrange
from preau.sandbox.territory.dice import Dice, dice, happens
from preau.sandbox.territory.flaws import wear_out
from preau.sandbox.territory.levels import COLLEGE, CP, LEVELS
from preau.sandbox.territory.people import Family, Pupil, Staff
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.schools import School


@dataclass(slots=True)
class Sector:
    """A collège, its écoles in units, and everybody in them, in one year."""

    number: int
    college: School
    units: list[list[School]]
    births: Births
    families: list[Family]
    staff: list[Staff] = field(default_factory=list)

    @property
    def ecoles(self) -> list[School]:
        """All its écoles."""
        return [school for unit in self.units for school in unit]

    @property
    def schools(self) -> list[School]:
        """The collège, then the écoles."""
        return [self.college, *self.ecoles]

    def pupils(self) -> Iterator[Pupil]:
        """Every pupil, brothers and sisters together."""
        for family in self.families:
            yield from family.children

    def of(self, school: School) -> list[Pupil]:
        """The pupils of one school."""
        return [pupil for pupil in self.pupils() if pupil.school is school]

    def school_for(self, pupil: Pupil) -> School:
        """The collège, or the école of the family's unit that teaches this level."""
        if pupil.level >= COLLEGE:
            return self.college
        unit = self.units[pupil.family.home % len(self.units)]
        return next(school for school in unit if school.teaches(pupil.level))


def first_year(plan: Plan, number: int) -> Sector:
    """The sector of that number in the first September."""
    throw = dice(plan.seed, number, "first")
    size = plan.pupils_of(number)
    college, units = schools.found(number, size, throw)
    births = Births(number, throw, plan.flaws)
    levels = [rank % len(LEVELS) for rank in range(size)]
    towns = [school.town for unit in units for school in unit]
    families = settle(births, levels, towns, len(units), throw)
    sector = Sector(number, college, units, births, families)
    for school in sector.schools:
        school.wrong_uai = happens(throw, 10 * plan.flaws)
    for pupil in sector.pupils():
        _meet(sector, pupil, throw)
    open_year(sector, plan, throw, second_year=False)
    return sector


def _meet(sector: Sector, pupil: Pupil, throw: Dice) -> None:
    """Where a pupil of the first year is, and where it was the year before."""
    pupil.school = sector.school_for(pupil)
    if pupil.level >= COLLEGE:
        pupil.segpa = sector.college.has_segpa and happens(throw, 0.05)
        pupil.ulis = not pupil.segpa and happens(throw, 0.02)
    else:
        pupil.ulis = pupil.school.has_ulis and pupil.level >= CP and happens(throw, 0.07)
    if pupil.level == COLLEGE:
        unit = sector.units[pupil.family.home % len(sector.units)]
        pupil.before = unit[-1]


def open_year(sector: Sector, plan: Plan, throw: Dice, *, second_year: bool) -> None:
    """Classes, staff and flaws of one year; the places of the pupils are known."""
    wear = Wear(plan.flaws, second_year)
    for school in sector.schools:
        arrange(school, sector.of(school), throw, wear)
    staffing.fill(sector.schools, sector.staff, sector.births, plan.staff_of(sector.number), throw)
    wear_out(list(sector.pupils()), sector.staff, throw, wear)
