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
ALIKE = "name_birth"
"""The rule of a pair that has nothing but names and birth date."""
NAMES = ("pii.family_name", "pii.given_names", "pii.birth_date")
EVIDENCE: Mapping[str, tuple[str, ...]] = {
    SAME_SCHOOL: (*NAMES, "group.establishments"),
    SECTOR: (*NAMES, "group.establishments", "establishment.sector_college_uai"),
    CM2_TO_6E: (*NAMES, "group.levels"),
    ALIKE: NAMES,
}
"""Rule → names of the fields that agree, never their values."""
_BEFORE, _AFTER = frozenset({"CM2"}), frozenset({"SIXIEME", "SEGPA"})


def continuity(left: Iterable[Enrolment], right: Iterable[Enrolment]) -> str | None:
    """The rule by which the schools of two pupils follow one another, None when they do not."""
    one, other = list(left), list(right)
    if _schools(one) & _schools(other):
        return SAME_SCHOOL
    if _sectors(one) & _schools(other) or _sectors(other) & _schools(one):
        return SECTOR
    if _goes_up(one, other) or _goes_up(other, one):
        return CM2_TO_6E
    return None


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


def _goes_up(before: Iterable[Enrolment], after: Iterable[Enrolment]) -> bool:
    was, is_now = ({level for e in each for level in e.levels} for each in (before, after))
    return bool(was & _BEFORE and is_now & _AFTER)
