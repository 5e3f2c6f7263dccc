"""Gives the staff of a sector their posts and lessons for one year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from preau.sandbox.territory.births import Births
from preau.sandbox.territory.dice import Dice
from preau.sandbox.territory.levels import SUBJECTS
from preau.sandbox.territory.people import Post, Staff
from preau.sandbox.territory.schools import School


class Work(NamedTuple):
    """A kind of work: function code and label, discipline code and label; whether it teaches."""

    code: str
    label: str
    discipline: str
    trade: str
    teaches: bool = False


_ENS = "ENSEIGNEMENT"
WORKS = {
    **{s.code: Work("ENS", _ENS, s.discipline, s.trade, teaches=True) for s in SUBJECTS},
    "ecole": Work("ENS", _ENS, "G0000", "SANS SPECIALITE", teaches=True),
    "director": Work("DIR", "DIRECTION", "D0010", "DIRECTEUR D'ECOLE", teaches=True),
    "both": Work("ENS", _ENS, "G0145", "ENSEIGNEMENT SPECIALISE", teaches=True),
    "substitute": Work("RPL", "REMPLACEMENT", "G0000", "SANS SPECIALITE", teaches=True),
    "principal": Work("DIR", "DIRECTION", "D0010", "CHEF D'ETABLISSEMENT"),
    "deputy": Work("DIR", "DIRECTION", "D0011", "CHEF D'ETABLISSEMENT ADJOINT"),
    "cpe": Work("EDU", "EDUCATION", "E0030", "CONSEILLER PRINCIPAL D'EDUCATION"),
    "librarian": Work("DOC", "DOCUMENTATION", "L0080", "DOCUMENTATION"),
    "bursar": Work("ADF", "ADMINISTRATION", "A0010", "GESTION FINANCIERE"),
    "aed": Work("AED", "ASSISTANT D'EDUCATION", "X0010", "SURVEILLANCE"),
    "aesh": Work("AEH", "ACCOMPAGNANT ELEVES HANDICAPES", "X0020", "ACCOMPAGNEMENT"),
    "office": Work("ADM", "ADMINISTRATION", "A0020", "SECRETARIAT"),
    "adviser": Work("ORI", "ORIENTATION", "O0010", "PSYCHOLOGUE"),
}
_LARGE = 13  # classes of a collège that has a deputy
_MANY = 4  # of one work without a post: then one of them changes school
_FILLERS = ("aesh", "aed", "aesh", "substitute", "aesh", "office", "aed", "adviser")


def fill(
    schools: Sequence[School], staff: list[Staff], births: Births, least: int, throw: Dice
) -> None:
    """Changes `staff` to that of a year: those who stay keep their school if it needs them.

    The posts that the classes need come first; then people are added until there are `least`.
    Whoever finds no post is gone.
    """
    pool = list(staff)
    staff.clear()
    for each in pool:
        each.posts, each.lessons, each.heads = [], [], []
    for work, school in _needed(schools):
        staff.append(_taken(pool, work, school) or _new(births, work, school))
        _give(staff[-1], work, school)
    rank = 0
    while len(staff) < least:
        school = schools[0] if rank % 3 == 0 else schools[1 + rank % (len(schools) - 1)]
        work = _FILLERS[rank % len(_FILLERS)]
        if school.first_degree and work in ("aed", "office"):
            work = "aesh"
        staff.append(_taken(pool, work, school) or _new(births, work, school))
        _give(staff[-1], work, school)
        rank += 1
    _share(schools, staff)
    _teach(schools, staff, throw)


def _needed(schools: Sequence[School]) -> Iterator[tuple[str, School]]:
    college = schools[0]
    yield from ((work, college) for work in ("principal", "cpe", "librarian", "bursar"))
    if len(college.classes) >= _LARGE:
        yield from (("deputy", college), ("cpe", college))
    for rank in range(max(len(SUBJECTS), round(2.2 * len(college.classes)))):
        yield SUBJECTS[rank % len(SUBJECTS)].code, college
    yield from (("both", college), ("both", college))
    for school in schools[1:]:
        for rank in range(len(school.classes)):
            yield ("ecole" if rank else "director"), school
        yield from (("ecole", school) for _ in range(len(school.classes) // 4))  # half-times


def _taken(pool: list[Staff], work: str, school: School) -> Staff | None:
    """Someone who does this work, of this school rather than of another."""
    fit = [each for each in pool if each.work == work]
    found = next((each for each in fit if each.place is school), None)
    if found is None:
        found = fit[0] if len(fit) >= _MANY else None
    if found is not None:
        pool.remove(found)
    return found


def _new(births: Births, work: str, school: School) -> Staff:
    return births.staff(work, school, teaches=WORKS[work].teaches)


def _give(who: Staff, work: str, school: School) -> None:
    who.place = school
    who.posts.append(Post(school, *WORKS[work][:4]))
    if work == "director":
        who.posts.append(Post(school, *WORKS["ecole"][:4]))


def _share(schools: Sequence[School], staff: Sequence[Staff]) -> None:
    """Who works in two places: in both degrees, or in two écoles."""
    ecoles = schools[1:]
    for rank, who in enumerate(staff):
        if who.work == "both":
            who.posts.append(Post(ecoles[rank % len(ecoles)], *WORKS["both"][:4]))
        elif who.work == "substitute" and who.place.first_degree:
            other = ecoles[(ecoles.index(who.place) + 1) % len(ecoles)]
            who.posts.append(Post(other, *WORKS["substitute"][:4]))


def _teach(schools: Sequence[School], staff: Sequence[Staff], throw: Dice) -> None:
    college = schools[0]
    by_subject = {s.code: [w for w in staff if w.work == s.code] for s in SUBJECTS}
    for rank, group in enumerate(college.classes):
        for subject in SUBJECTS:
            teachers = by_subject[subject.code]
            teachers[rank % len(teachers)].lessons.append((group, subject.code))
        head = by_subject[SUBJECTS[rank % len(SUBJECTS)].code]
        head[rank % len(head)].heads.append(group)
    for group in college.groups:
        throw.choice(by_subject[SUBJECTS[0].code]).lessons.append((group, SUBJECTS[0].code))
    for school in schools[1:]:
        mine = [w for w in staff if w.place is school and w.work in ("director", "ecole")]
        for rank, group in enumerate(school.classes):
            mine[rank % len(mine)].lessons.append((group, ""))
