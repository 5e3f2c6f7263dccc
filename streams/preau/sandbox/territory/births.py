"""Brings the people of one sector into the territory: families and their children, staff."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from preau.sandbox.territory import numbers, schools
from preau.sandbox.territory.dice import Dice, happens
from preau.sandbox.territory.names import BOYS, FAMILIES, GIRLS
from preau.sandbox.territory.people import Family, Guardian, Pupil, Staff
from preau.sandbox.territory.schools import School

FIRST_YEAR = 2025
"""The first of the two school years begins then."""
_MOTHER, _FATHER, _ASCENDANT, _TUTOR = "10", "20", "38", "50"


class Births:
    """Gives each new person of a sector its number and its invented name.

    No two children of a sector have the same names and birth date, but those planted later.
    """

    def __init__(self, sector: int, throw: Dice, flaws: float) -> None:
        self._next = sector * numbers.PER_SECTOR
        self._end = self._next + numbers.PER_SECTOR
        self._throw = throw
        self._flaws = flaws
        self._seen: set[tuple[str, str, date]] = set()

    def family(self, town: str, homes: int) -> Family:
        """A home with its guardians and no child yet, near one of the units of écoles."""
        throw = self._throw
        father, mother = throw.sample(FAMILIES, 2)
        both = happens(throw, 0.2)  # a child may have the names of both
        name = f"{father}-{mother}" if both else father
        postcode = f"99{throw.randrange(100, 999)}"
        home = throw.randrange(homes)
        number, street = self._number(), schools.street(throw)
        return Family(number, name, street, town, postcode, home, self._guardians(father, mother))

    def child(self, family: Family, level: int, year: int) -> Pupil:
        """A child of the age of its level (from 0, petite section) in that school year."""
        throw = self._throw
        twin = next((c.birth for c in family.children if c.level == level), None)
        for _ in range(100):
            girl = happens(throw, 0.5)
            given = throw.choice(GIRLS if girl else BOYS)
            birth = twin or _day(throw, year - 3 - level)
            if (family.name, given, birth) not in self._seen:
                break
        self._seen.add((family.name, given, birth))
        others = (given, *throw.sample(GIRLS if girl else BOYS, throw.randrange(3)))
        others = tuple(dict.fromkeys(others))
        number = self._number()
        pupil = Pupil(number, family, family.name, given, others, girl, birth, level)
        if happens(throw, self._flaws):
            pupil.flaws.add("ine_missing")
        family.children.append(pupil)
        return pupil

    def staff(self, work: str, place: School, *, teaches: bool) -> Staff:
        """Someone who may take posts of this work."""
        throw = self._throw
        woman = happens(throw, 0.66)
        given = throw.choice(GIRLS if woman else BOYS)
        birth = _day(throw, throw.randrange(1961, 2000))
        birth_name, other = throw.sample(FAMILIES, 2)
        name = other if woman and happens(throw, 0.3) else birth_name
        return Staff(self._number(), name, birth_name, given, woman, birth, work, teaches, place)

    def _guardians(self, father_name: str, mother_name: str) -> list[Guardian]:
        throw = self._throw
        mother, father = happens(throw, 0.92), happens(throw, 0.8)
        found: list[Guardian] = []
        if mother:
            usual = father_name if happens(throw, 0.5) else mother_name
            found.append(self._guardian(usual, mother_name, _MOTHER, "1"))
        if father:
            second = throw.choice("1222") if found else "1"
            found.append(self._guardian(father_name, father_name, _FATHER, second))
        if not found:
            found.append(self._guardian(mother_name, mother_name, _TUTOR, "1"))
        if happens(throw, 0.06):  # a grandparent who may be called
            found.append(self._guardian(father_name, mother_name, _ASCENDANT, "0"))
        return found

    def _guardian(self, name: str, birth_name: str, kinship: str, legal: str) -> Guardian:
        woman = kinship != _FATHER
        given = self._throw.choice(GIRLS if woman else BOYS)
        return Guardian(self._number(), name, birth_name, given, woman, kinship, legal)

    def _number(self) -> int:
        if self._next == self._end:
            raise OverflowError("more people in a sector than its numbers allow")
        self._next += 1
        return self._next - 1


def settle(
    births: Births, levels: Sequence[int], towns: Sequence[str], homes: int, throw: Dice
) -> list[Family]:
    """Families of one to three children for pupils of these levels, in the first year."""
    left = list(levels)
    throw.shuffle(left)
    families = []
    while left:
        family = births.family(throw.choice(towns), homes)
        for _ in range(min(len(left), throw.choices((1, 2, 3), (57, 35, 8))[0])):
            births.child(family, left.pop(), FIRST_YEAR)
        families.append(family)
    return families


def _day(throw: Dice, year: int) -> date:
    rank = throw.randrange(365 + calendar.isleap(year))
    return date.fromordinal(date(year, 1, 1).toordinal() + rank)
