"""The collections of OneRoster's rostering service by their path: `schools/{id}/classes` and so on.

Source: 1EdTech, "OneRoster Rostering Service REST/JSON Binding" 1.2, its 39 operations but for
demographics, of which Préau has none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from preau.errors import Place, SetAside
from preau.outlets.oneroster.roster import SCHOOL, TERM, Entity, Roster

ONE: Mapping[str, str] = {
    "academicSessions": "academicSession",
    "orgs": "org",
    "courses": "course",
    "classes": "class",
    "users": "user",
    "enrollments": "enrollment",
}
"""Kind → the name of a single one in an answer."""
_KIND: Mapping[str, str] = {
    **{kind: kind for kind in ONE},
    **dict.fromkeys(("terms", "gradingPeriods"), "academicSessions"),
    **dict.fromkeys(("students", "teachers"), "users"),
    "schools": "orgs",
}
"""Collection → the kind of its entities."""


class Found(NamedTuple):
    """What a path leads to: entities of one kind; `single`: one entity, by its id.

    `core` says whether the standard's scope roster-core.readonly is enough for it.
    """

    kind: str
    entities: Sequence[Entity]
    single: bool
    core: bool


def collection(made: Roster, path: str) -> Found:
    """The entities at a path; raises `SetAside` (ROSTER_UNKNOWN, ROSTER_PATH)."""
    parts = tuple(path.split("/"))
    names = (*parts[::2], *(("",) if len(parts) % 2 == 0 else ()))
    if names not in PATHS:
        what, fix = "the service has no such address", "see docs/en/oneroster.md#ask"
        raise SetAside("ROSTER_PATH", what, known=tuple(map("/…/".join, PATHS)), fix=fix)
    kind = _KIND[names[-1] or names[-2]]
    if len(names) == 1:
        return Found(kind, _all(made, names[0]), single=False, core=True)
    first = _by_id(made, names[0], parts[1])
    if not names[1]:
        return Found(kind, [first], single=True, core=True)
    if len(names) == 2:  # noqa: PLR2004 - a collection of one entity
        found = _WITHIN[names[0], names[1]](made, parts[1])
    else:
        among = {each["sourcedId"] for each in _of_school(made, "classes", parts[1])}
        if parts[3] not in among:
            raise _unknown()
        found = _WITHIN["classes", names[2]](made, parts[3])
    return Found(kind, found, single=False, core=False)


def _all(made: Roster, name: str) -> Sequence[Entity]:
    among = made[_KIND[name]]
    keep = _KEPT.get(name)
    return [each for each in among if keep(each)] if keep else among


def _by_id(made: Roster, name: str, sourced_id: str) -> Entity:
    for each in _all(made, name):
        if each["sourcedId"] == sourced_id:
            return each
    raise _unknown()


def _holds(role: str) -> Callable[[Entity], bool]:
    return lambda user: any(held["role"] == role for held in user["roles"])


_KEPT: Mapping[str, Callable[[Entity], bool]] = {
    "schools": lambda org: bool(org["type"] == SCHOOL),
    "terms": lambda session: bool(session["type"] == TERM),
    "gradingPeriods": lambda session: bool(session["type"] == "gradingPeriod"),
    "students": _holds("student"),
    "teachers": _holds("teacher"),
}


def _of_school(made: Roster, kind: str, school: str) -> list[Entity]:
    return [each for each in made[kind] if each["school"]["sourcedId"] == school]


def _people_of_school(role: str) -> Callable[[Roster, str], list[Entity]]:
    def found(made: Roster, school: str) -> list[Entity]:
        return [
            user
            for user in made["users"]
            if any(r["role"] == role and r["org"]["sourcedId"] == school for r in user["roles"])
        ]

    return found


def _people_of_class(role: str) -> Callable[[Roster, str], list[Entity]]:
    def found(made: Roster, of: str) -> list[Entity]:
        ids = {
            each["user"]["sourcedId"]
            for each in _alive(made["enrollments"])
            if each["role"] == role and each["class"]["sourcedId"] == of
        }
        return _named(made["users"], ids)

    return found


def _classes_of_person(made: Roster, user: str) -> list[Entity]:
    ids = {
        each["class"]["sourcedId"]
        for each in _alive(made["enrollments"])
        if each["user"]["sourcedId"] == user
    }
    return _named(made["classes"], ids)


def _courses_of_school(made: Roster, school: str) -> list[Entity]:
    ids = {each["course"]["sourcedId"] for each in _alive(_of_school(made, "classes", school))}
    return _named(made["courses"], ids)


def _classes_of_course(made: Roster, course: str) -> list[Entity]:
    return [each for each in made["classes"] if each["course"]["sourcedId"] == course]


def _classes_of_term(made: Roster, term: str) -> list[Entity]:
    return [each for each in made["classes"] if any(t["sourcedId"] == term for t in each["terms"])]


def _enrollments_of_class(made: Roster, of: str) -> list[Entity]:
    return [each for each in made["enrollments"] if each["class"]["sourcedId"] == of]


def _terms_of_school(made: Roster, _school: str) -> Sequence[Entity]:
    return _all(made, "terms")  # the year is everybody's


def _none(_made: Roster, _of: str) -> list[Entity]:
    return []


_WITHIN: Mapping[tuple[str, str], Callable[[Roster, str], Sequence[Entity]]] = {
    ("schools", "classes"): lambda made, of: _of_school(made, "classes", of),
    ("schools", "enrollments"): lambda made, of: _of_school(made, "enrollments", of),
    ("schools", "courses"): _courses_of_school,
    ("schools", "students"): _people_of_school("student"),
    ("schools", "teachers"): _people_of_school("teacher"),
    ("schools", "terms"): _terms_of_school,
    ("classes", "students"): _people_of_class("student"),
    ("classes", "teachers"): _people_of_class("teacher"),
    ("classes", "enrollments"): _enrollments_of_class,
    ("courses", "classes"): _classes_of_course,
    ("terms", "classes"): _classes_of_term,
    ("terms", "gradingPeriods"): _none,
    **{(who, "classes"): _classes_of_person for who in ("users", "students", "teachers")},
}
_IN_SCHOOL = tuple(("schools", "classes", n) for n in ("enrollments", "students", "teachers"))
PATHS: Collection[tuple[str, ...]] = (
    *((name,) for name in _KIND),
    *((name, "") for name in _KIND),
    *(names for names in _WITHIN if names != ("classes", "enrollments")),
    *_IN_SCHOOL,
)
"""The names of a path with ids between them; "" after the last name stands for an id at the end."""


def _alive(found: Sequence[Entity]) -> list[Entity]:
    return [each for each in found if each.get("status", "active") == "active"]


def _named(among: Sequence[Entity], ids: Collection[str]) -> list[Entity]:
    return [each for each in among if each["sourcedId"] in ids]


def _unknown() -> SetAside:
    what, where = "nothing here has this id", Place(field="sourcedId")
    return SetAside("ROSTER_UNKNOWN", what, where=where, fix="ask for the collection first")
