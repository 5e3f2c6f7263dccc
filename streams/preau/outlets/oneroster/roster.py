"""A directory's set as the entities of OneRoster 1.2, once for its CSV files and its REST service.

A group that spans establishments is one class for each of them, all of one course. The standard
wants it so: a class has one school (`classes.schoolSourcedId`), an enrollment says the school of
its class, and consumers read school by school; classes of one course are what it calls sections.
What hangs on nothing is left out: a person without an establishment, a group of an establishment
that is not in the set, a membership of either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from preau.outlets.directory import Account, Belongs, Directory, Group
from preau.outlets.oneroster.words import (
    AT_THE_HEAD,
    enrolled,
    first_year,
    grades,
    made_id,
    own_id,
    role,
    text,
)

Entity = dict[str, Any]
Roster = Mapping[str, Sequence[Entity]]
"""Kind (as the standard names its collections) → its entities, in the order of their ids."""
KINDS = ("academicSessions", "orgs", "courses", "classes", "users", "enrollments")
NETWORK_NAME = "Établissements reliés par Préau"
SCHOOL_YEAR, TERM, SCHOOL, NETWORK = "schoolYear", "term", "school", "district"


def roster(found: Directory) -> Roster:
    """The entities of a set; the same set gives the same, whatever its order."""
    return _Rostering(found).entities()


def school_id(uai: str) -> str:
    """The sourcedId of an establishment, the same for every consumer."""
    return made_id("org", uai)


class _Rostering:
    """One set on its way."""

    def __init__(self, found: Directory) -> None:
        self._set = found
        self._uais = {each.uai for each in found.schools}
        self._groups = {g.id: g for g in found.groups if g.uai in self._uais}
        self._accounts = {a.id: a for a in found.accounts if self._places(a)}
        self._network = made_id("network")
        first = first_year(found.as_of_ms)
        self._first, self._year = first, made_id("year", str(first))
        self._term = made_id("term", str(first))
        self._belongs = {
            (b.group, b.account): b
            for b in sorted(found.belongs)
            if b.group in self._groups and b.account in self._accounts
        }

    def entities(self) -> Roster:
        made = {
            "academicSessions": self._sessions(),
            "orgs": self._orgs(),
            "courses": self._courses(),
            "classes": [self._class(each) for each in self._groups.values()],
            "users": [self._user(each) for each in self._accounts.values()],
            "enrollments": self._enrollments(),
        }
        return {kind: _in_order(made[kind]) for kind in KINDS}

    def _places(self, account: Account) -> list[str]:
        return [uai for uai in dict.fromkeys(account.schools) if uai in self._uais]

    def _sessions(self) -> list[Entity]:
        years = f"{self._first}-{self._first + 1}"
        lasting = {
            "startDate": f"{self._first}-09-01",
            "endDate": f"{self._first + 1}-09-01",  # the standard excludes this day
            "schoolYear": str(self._first + 1),  # the year in which it ends
        }
        year = {"sourcedId": self._year, "title": f"Année scolaire {years}", "type": SCHOOL_YEAR}
        term = {"sourcedId": self._term, "title": f"Année {years}", "type": TERM}
        return [
            year | lasting | {"children": [ref(self._term, "academicSession")]},
            term | lasting | {"parent": ref(self._year, "academicSession")},
        ]

    def _orgs(self) -> list[Entity]:
        if not self._uais:
            return []
        schools = [
            {
                "sourcedId": school_id(each.uai),
                "name": text(each.name),
                "type": SCHOOL,
                "identifier": each.uai,
                "parent": ref(self._network, "org"),
            }
            for each in {s.uai: s for s in sorted(self._set.schools)}.values()
        ]
        under = [ref(each["sourcedId"], "org") for each in _in_order(schools)]
        root = {"sourcedId": self._network, "name": NETWORK_NAME, "type": NETWORK}
        return [root | {"children": under}, *schools]

    def _courses(self) -> list[Entity]:
        titles = {g.project_group: g.title for g in sorted(self._groups.values(), reverse=True)}
        return [
            {
                "sourcedId": _course_id(group),
                "title": text(title),
                "schoolYear": ref(self._year, "academicSession"),
                "org": ref(self._network, "org"),
            }
            for group, title in titles.items()
        ]

    def _class(self, group: Group) -> Entity:
        return {
            "sourcedId": own_id(group.id),
            "title": text(group.title),
            "classType": "scheduled",
            "course": ref(_course_id(group.project_group), "course"),
            "school": ref(school_id(group.uai), "org"),
            "terms": [ref(self._term, "academicSession")],
        }

    def _user(self, account: Account) -> Entity:
        places = self._places(account)
        held = role(account.role)
        made: Entity = {
            "sourcedId": own_id(account.id),
            "enabledUser": "true",
            "username": own_id(account.id),
            "givenName": text(account.given_name),
            "familyName": text(account.family_name),
            "roles": [
                {"roleType": "primary", "role": held, "org": ref(school_id(uai), "org")}
                for uai in places
            ],
            "primaryOrg": ref(school_id(places[0]), "org"),
        }
        level = grades(account.stage) if held == "student" else []
        return made | ({"grades": level} if level else {})

    def _enrollments(self) -> list[Entity]:
        heads = Counter(b.group for b in self._belongs.values() if b.role in AT_THE_HEAD)
        return [self._enrollment(each, heads) for each in self._belongs.values()]

    def _enrollment(self, belongs: Belongs, heads: Mapping[str, int]) -> Entity:
        first = belongs.role in AT_THE_HEAD and heads[belongs.group] == 1
        return {
            "sourcedId": made_id("enrollment", belongs.group, belongs.account),
            "user": ref(own_id(belongs.account), "user"),
            "class": ref(own_id(belongs.group), "class"),
            "school": ref(school_id(self._groups[belongs.group].uai), "org"),
            "role": enrolled(belongs.role),
            "primary": "true" if first else "false",
        }


def ref(sourced_id: str, kind: str) -> Entity:
    """A reference to another entity, without the address that only a service knows."""
    return {"sourcedId": sourced_id, "type": kind}


def _course_id(project_group: str) -> str:
    return made_id("course", project_group)


def _in_order(found: Sequence[Entity]) -> list[Entity]:
    return sorted({each["sourcedId"]: each for each in found}.values(), key=_id)


def _id(entity: Entity) -> str:
    return str(entity["sourcedId"])
