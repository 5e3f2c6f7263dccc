"""Puts the pupils of a school into the classes and groups of one year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from preau.sandbox.territory.dice import Dice, happens
from preau.sandbox.territory.levels import LEVELS, LOCAL, Level
from preau.sandbox.territory.people import Pupil
from preau.sandbox.territory.schools import Class, School

_ECOLE, _COLLEGE = 24, 26  # pupils of a class
#: How a collège writes a class code, at most 8 characters: 6A, 601, 6 A, 6EME1.
_STYLES = ("{0}{1}", "{0}{2:02d}", "{0} {1}", "{0}EME{2}")
_BILINGUAL, _LATIN, _CHOIR = 0.2, 0.15, 0.05


class Wear(NamedTuple):
    """How much the files of a territory are damaged, and whether this is their second year."""

    flaws: float
    second_year: bool


def arrange(school: School, pupils: Sequence[Pupil], throw: Dice, wear: Wear) -> None:
    """Makes the year's classes and groups of a school and puts each of its pupils into them."""
    if wear.second_year and happens(throw, 0.2):
        school.style += 1
    school.classes, school.groups = [], []
    for pupil in pupils:
        pupil.group, pupil.groups = None, []
    if school.first_degree:
        _ecole(school, pupils)
    else:
        _college(school, pupils, throw)
    for each in school.classes:
        each.without_level = happens(throw, 5 * wear.flaws)
        if each.without_level and school.first_degree:
            each.label = f"CLASSE {each.code[-2:]}"  # nothing else names a level there


def _ecole(school: School, pupils: Sequence[Pupil]) -> None:
    """Classes of some 24, in the order of levels: where one ends in a level's middle, it has two.

    The id of a class is that of its room: it stays from year to year unless the école makes all
    of them anew, while the label changes.
    """
    apart = [p for p in pupils if p.ulis] if school.has_ulis else []
    if apart:
        school.classes.append(Class(_room(school, 0), "ULIS", _levels(apart)))
        _seat(school.classes[-1], apart)
    rest = sorted((p for p in pupils if p not in apart), key=lambda p: (p.level, p.number))
    count = max(1, round(len(rest) / _ECOLE)) if rest else 0
    for room in range(count):
        seated = rest[len(rest) * room // count : len(rest) * (room + 1) // count]
        levels = _levels(seated)
        label = "-".join(level.label for level in levels) or "LIBRE"
        school.classes.append(Class(_room(school, room + 1), f"{label} {room + 1}", levels))
        _seat(school.classes[-1], seated)


def _room(school: School, room: int) -> str:
    return f"{school.number}{school.style * 20 + room:02d}"


def _levels(pupils: Iterable[Pupil]) -> list[Level]:
    return sorted({p.formation for p in pupils}, key=lambda level: level.mefstat11)


def _seat(group: Class, pupils: Iterable[Pupil]) -> None:
    for pupil in pupils:
        pupil.group = group


def _college(school: School, pupils: Sequence[Pupil], throw: Dice) -> None:
    for level in range(school.levels[0], school.levels[1] + 1):
        digit = LEVELS[level].label[0]
        plain = [p for p in pupils if p.level == level and not p.segpa]
        count = max(1, round(len(plain) / _COLLEGE))
        made = [_division(school, digit, rank, LEVELS[level]) for rank in range(count)]
        for rank, pupil in enumerate(plain):
            pupil.group = made[rank % count]
        school.classes += made
        _elective(school, made, plain, throw)
        apart = [p for p in pupils if p.level == level and p.segpa]
        if apart:
            school.classes.append(Class(f"{digit}S", f"{digit}e SEGPA", _levels(apart)))
            _seat(school.classes[-1], apart)
    choir, ulis = Class("CHORALE", "Chorale", []), Class("ULIS", "Dispositif ULIS", [])
    school.groups += [choir, ulis]
    for pupil in pupils:
        if happens(throw, _CHOIR):
            pupil.groups.append(choir)
        if pupil.ulis:
            pupil.groups.append(ulis)


def _division(school: School, digit: str, rank: int, level: Level) -> Class:
    letter = chr(ord("A") + rank)
    code = _STYLES[school.style % len(_STYLES)].format(digit, letter, rank + 1)
    levels = [level, LOCAL] if digit == "6" and rank == 0 else [level]
    return Class(code, f"{digit}e {letter}", levels)


def _elective(school: School, made: list[Class], pupils: list[Pupil], throw: Dice) -> None:
    """One group across the classes of a level: bilangue in 6e, then Latin."""
    digit = made[0].label[0]
    code, label = (f"{digit}ALL", "Bilangue") if digit == "6" else (f"{digit}LATIN", "Latin")
    share = _BILINGUAL if digit == "6" else _LATIN
    group = Class(code, f"{label} {digit}e", [], made[:2])
    school.groups.append(group)
    for pupil in pupils:
        if pupil.group in group.draws_from and happens(throw, share):
            pupil.groups.append(group)
