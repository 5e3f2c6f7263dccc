"""One September later: who goes up, leaves, moves, arrives.

Shares, of families unless said: 2 % move to the next sector, 2 % leave the académie, 4 % go near
other écoles of the sector. Of the pupils who finish CM2: 8 % leave for a school that is not in the
files; 5 % (only children) enter the next sector's collège; the others enter the sector's own. 1 %
repeat a year; all who finish 3e leave. New pupils fill petite section, and 2 % come elsewhere. Of
the staff, 8 % leave and 2 % move to the next sector.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from preau.sandbox.territory.births import FIRST_YEAR
from preau.sandbox.territory.dice import Dice, dice, happens
from preau.sandbox.territory.levels import CM2, COLLEGE, LAST, LEVELS
from preau.sandbox.territory.people import Family, Pupil, Staff
from preau.sandbox.territory.plan import Plan
from preau.sandbox.territory.sector import Sector, open_year

_MOVE, _LEAVE, _NEAR = 0.02, 0.04, 0.08
_PRIVATE, _ELSEWHERE, _SEGPA = 0.08, 0.13, 0.05
_REPEAT, _ARRIVE, _SIBLING = 0.01, 0.02, 0.4
_STAFF_LEAVE, _STAFF_MOVE = 0.08, 0.10
_YOUNG = 4


@dataclass(slots=True)
class Transit:
    """Who goes from one sector to the next."""

    families: list[Family] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)


def second_year(plan: Plan, sector: Sector, arriving: Transit) -> Transit:
    """Changes a sector to what it is in the second September; returns who goes to the next one."""
    throw = dice(plan.seed, sector.number, "second")
    leaving = Transit()
    for pupil in sector.pupils():
        pupil.before = pupil.school
    families, sector.families = sector.families, []
    for family in families:
        _grow(sector, family, leaving, throw)
    for family in arriving.families:
        family.home = throw.randrange(len(sector.units))
        sector.families.append(family)
    _welcome(sector, plan.pupils_of(sector.number), throw)
    for pupil in sector.pupils():
        pupil.school = sector.school_for(pupil)
        pupil.segpa = _in_segpa(pupil, sector, throw)
        pupil.ulis = pupil.ulis and (pupil.level >= COLLEGE or pupil.school.has_ulis)
    _move_staff(sector, arriving, leaving, throw)
    open_year(sector, plan, throw, second_year=True)
    return leaving


def _grow(sector: Sector, family: Family, leaving: Transit, throw: Dice) -> None:
    """Every child goes up or leaves; the family stays, moves or goes."""
    fate = throw.random()
    elsewhere = False
    for pupil in list(family.children):
        stays, away = _up(pupil, throw)
        if not stays:
            family.children.remove(pupil)
        elsewhere = elsewhere or away
    if not family.children or _MOVE <= fate < _LEAVE:
        return
    if fate < _MOVE or (elsewhere and len(family.children) == 1):
        leaving.families.append(family)
        return
    if fate < _NEAR:
        family.home += 1
    sector.families.append(family)


def _up(pupil: Pupil, throw: Dice) -> tuple[bool, bool]:
    """Whether the pupil stays in the files, and whether it enters the next sector's collège."""
    chance = throw.random()
    if chance > 1 - _REPEAT:
        return True, False
    pupil.level += 1
    if pupil.level > LAST:
        return False, False
    if pupil.level == CM2 + 1:
        return chance >= _PRIVATE, _PRIVATE <= chance < _ELSEWHERE
    return True, False


def _welcome(sector: Sector, size: int, throw: Dice) -> None:
    """The new petite section, and pupils who come from outside at any other level."""
    towns = [school.town for school in sector.schools]
    young = [f for f in sector.families if all(1 <= c.level <= _YOUNG for c in f.children)]
    levels = [0] * (size // len(LEVELS))
    levels += [throw.randrange(1, LAST + 1) for _ in range(round(size * _ARRIVE))]
    for level in levels:
        if level == 0 and young and happens(throw, _SIBLING):
            family = young.pop(throw.randrange(len(young)))
        else:
            family = sector.births.family(throw.choice(towns), len(sector.units))
            sector.families.append(family)
        sector.births.child(family, level, FIRST_YEAR + 1)


def _in_segpa(pupil: Pupil, sector: Sector, throw: Dice) -> bool:
    if pupil.level < COLLEGE or not sector.college.has_segpa:
        return False
    enters = pupil.level == COLLEGE and not pupil.segpa and happens(throw, _SEGPA)
    return pupil.segpa or enters


def _move_staff(sector: Sector, arriving: Transit, leaving: Transit, throw: Dice) -> None:
    pool, sector.staff = sector.staff, list(arriving.staff)
    for each in pool:
        chance = throw.random()
        if chance >= _STAFF_MOVE:
            sector.staff.append(each)
        elif chance >= _STAFF_LEAVE:
            leaving.staff.append(each)
