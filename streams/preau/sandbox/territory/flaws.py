"""The damage that real files have, planted at a stated rate and told in the answers.

| kind | what the file holds | how often, for a rate r |
|---|---|---|
| `ine_missing` | a pupil without INE, in every file, both years | r of pupils |
| `class_missing` | a pupil without class, one year | r of pupils |
| `arity` | a class value with a field too few: AAF sets the whole record aside | r of pupils |
| `kinship_old` | father 1, mother 2 (dialect of 2013) in AAF 2D | r of pupils |
| `homonym` | two children of one level with the same names and birth date | r of pupils |
| `accents_lost` | a given name without its accents, second year | 5 r of pupils |
| `name_changed` | another family name, second year | r of pupils |
| `level_missing` | a class without level, one year | 5 r of classes |
| `uai_letter` | a wrong check letter in AAF, both years | 10 r of schools |
| `function_unknown` | a function code that no list has, one year | r of teachers |
"""

from __future__ import annotations

import unicodedata

from preau.sandbox.territory.classes import Wear
from preau.sandbox.territory.dice import Dice, happens
from preau.sandbox.territory.names import FAMILIES
from preau.sandbox.territory.people import Pupil, Staff

#: Those that last one year only; `was_aside` remembers an `arity` of the year before.
_PASSING = ("class_missing", "arity", "kinship_old")
UNKNOWN_FUNCTION = "ZZZ"
#: The kinship codes of 2013 for mother and father.
OLD_KINSHIP = {"10": "2", "20": "1"}
KINDS = (
    *("ine_missing", "class_missing", "arity", "kinship_old", "homonym", "accents_lost"),
    *("name_changed", "level_missing", "uai_letter", "function_unknown"),
)


def wear_out(pupils: list[Pupil], staff: list[Staff], throw: Dice, wear: Wear) -> None:
    """Plants the flaws of people for one year; those of the year before that pass are gone."""
    for pupil in pupils:
        aside = "arity" in pupil.flaws
        pupil.flaws.difference_update((*_PASSING, "was_aside"))
        pupil.flaws.update(kind for kind in _PASSING if happens(throw, wear.flaws))
        _hold_back(pupil)
        if aside:
            pupil.flaws.add("was_aside")
        if wear.second_year:
            _change(pupil, throw, wear.flaws)
    if not wear.second_year:
        _twin(pupils, throw, round(len(pupils) * wear.flaws))
    for each in staff:
        each.flaws.clear()
        if each.teaches and happens(throw, wear.flaws):
            each.flaws.add("function_unknown")


def _hold_back(pupil: Pupil) -> None:
    """Takes back what would not show, so that the answers tell no flaw that is not there."""
    if "arity" in pupil.flaws:
        pupil.flaws.discard("class_missing")
    if not any(one.kinship in OLD_KINSHIP for one in pupil.family.guardians):
        pupil.flaws.discard("kinship_old")


def _change(pupil: Pupil, throw: Dice, flaws: float) -> None:
    plain = without_accents(pupil.given)
    if plain != pupil.given and "homonym" not in pupil.flaws and happens(throw, 5 * flaws):
        pupil.flaws.add("accents_lost")
    if pupil.before and "homonym" not in pupil.flaws and happens(throw, flaws):
        pupil.flaws.add("name_changed")
        pupil.name = throw.choice([name for name in FAMILIES if name != pupil.name])


def _twin(pupils: list[Pupil], throw: Dice, count: int) -> None:
    """Gives an only child the names and the birth date of another child of its level."""
    alone = [p for p in pupils if len(p.family.children) == 1]
    for one in throw.sample(alone, min(count, len(alone) // 2)):
        others = [p for p in alone if p is not one and p.level == one.level and p.girl is one.girl]
        if not others or "homonym" in one.flaws:
            continue
        other = min(others, key=lambda p: (p.school is not one.school, p.number))
        if "homonym" in other.flaws:
            continue
        other.name, other.given, other.birth = one.name, one.given, one.birth
        other.others = one.others
        one.flaws.add("homonym")
        other.flaws.add("homonym")


def said_given(pupil: Pupil) -> str:
    """The given name as this year's files write it."""
    return without_accents(pupil.given) if "accents_lost" in pupil.flaws else pupil.given


def without_accents(text: str) -> str:
    """`Maëlys` → `Maelys`."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
