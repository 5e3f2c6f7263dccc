"""What makes two pupils of one name and birth date likely one child, or rules it out. Pure.

Canonical model §6, rules 3 and 4: with continuity of schools it is PROBABLE, else POSSIBLE. Neither
is ever decided by itself: two children of one name are born on one day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from preau.store.enrolments import Enrolment
from preau.store.persons import MatchKey

PROBABLE, POSSIBLE = "PROBABLE", "POSSIBLE"
SAME_SCHOOL, SECTOR, CM2_TO_6E = "same_school", "sector", "cm2_to_6e"
ECOLE_TO_COLLEGE = "ecole_to_college"
"""A CM2 and a collège, or an école and a 6e, where the files do not say the other's level."""
ALIKE = "name_birth"
"""The rule of a pair that has nothing but names and birth date."""
NAMES = ("pii.family_name", "pii.given_names", "pii.birth_date")
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    SAME_SCHOOL: (*NAMES, "group.establishments"),
    SECTOR: (*NAMES, "group.establishments", "establishment.sector_college_uai"),
    CM2_TO_6E: (*NAMES, "group.levels"),
    ECOLE_TO_COLLEGE: (*NAMES, "group.levels", "establishment.kind"),
    ALIKE: NAMES,
}
"""Rule → names of the fields that agree, never their values."""
_BEFORE, _AFTER = frozenset({"CM2"}), frozenset({"SIXIEME", "SEGPA"})
_UNSAID = frozenset({"ULIS", "OTHER"})
"""Words for a class that say nothing of how far its pupils are."""


def continuity(left: Iterable[Enrolment], right: Iterable[Enrolment]) -> str | None:
    """The rule by which the schools of two pupils follow one another, None when they do not."""
    one, other = list(left), list(right)
    if _schools(one) & _schools(other):
        return SAME_SCHOOL
    if _sectors(one) & _schools(other) or _sectors(other) & _schools(one):
        return SECTOR
    return _goes_up(one, other) or _goes_up(other, one)


def contradicted(left: Iterable[MatchKey], right: Iterable[MatchKey]) -> bool:
    """Whether the sources say two children: two INE, or two numbers of one degree."""
    one, other = _numbers(left), _numbers(right)
    return any(one[kind].isdisjoint(other[kind]) for kind in one.keys() & other.keys())


def _numbers(keys: Iterable[MatchKey]) -> dict[str, set[str]]:
    """What one child has only one of, by what it is."""
    found: dict[str, set[str]] = {}
    for key in keys:
        if key.kind == "ine_digest":
            found.setdefault(key.kind, set()).add(key.value)
        if key.kind == "national_ref":
            found.setdefault(key.value.rpartition("/")[0], set()).add(key.value)
    return found


def _schools(enrolments: Iterable[Enrolment]) -> set[str]:
    return {each.school.uai for each in enrolments}


def _sectors(enrolments: Iterable[Enrolment]) -> set[str]:
    return {each.school.sector for each in enrolments if each.school.sector}


def _goes_up(before: Iterable[Enrolment], after: Iterable[Enrolment]) -> str | None:
    was, now = _levels(before), _levels(after)
    if was & _BEFORE and now & _AFTER:
        return CM2_TO_6E
    if was & _BEFORE and not now and any(each.school.kind == "COLLEGE" for each in after):
        return ECOLE_TO_COLLEGE
    if now & _AFTER and not was and any(each.school.kind.startswith("ECOLE") for each in before):
        return ECOLE_TO_COLLEGE
    return None


def _levels(enrolments: Iterable[Enrolment]) -> set[str]:
    return {level for each in enrolments for level in each.levels} - _UNSAID
