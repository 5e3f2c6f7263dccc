"""What each fictional ENT holds when the story begins, in the form of its own `seed` order."""

from __future__ import annotations

from typing import Any

from preau.demo.limoux.town import BENEYLU, COLLEGE, ECOLES, EDIFICE, Class, Person, School

LATECOMER = COLLEGE.classes[0].people[-1]
"""A pupil of the collège whom the State's files name and who has no account yet."""
_ACADEMY_NAME = "MONTPELLIER"


def beneylu_seed() -> dict[str, Any]:
    """Three écoles, their classes and accounts."""
    return {
        "instance": BENEYLU,
        "title": "ENT-école (fictif)",
        "schools": [
            {
                "id": school.number,
                "uai": school.uai,
                "name": school.name,
                "classes": [_ecole_class(each) for each in school.classes],
            }
            for school in ECOLES
        ],
    }


def edifice_seed(*, complete: bool) -> dict[str, Any]:
    """The collège, its class and accounts; the latecomer's only when `complete`."""
    return {
        "instance": EDIFICE,
        "title": "Mon ENT (fictif)",
        "structures": [_structure(COLLEGE, complete=complete)],
    }


def accounts(*, complete: bool) -> list[Person]:
    """Everyone of the collège who has an account."""
    return [each for each in COLLEGE.people() if complete or each != LATECOMER]


def _ecole_class(each: Class) -> dict[str, Any]:
    people = [
        {
            "id": person.account,
            "first_name": person.given,
            "last_name": person.family,
            "role": "TEACHER" if person.teacher else "PUPIL",
            "birthday": person.birth,
        }
        for person in each.people
    ]
    return {"id": each.number, "label": each.label, "levels": [each.level], "users": people}


def _structure(college: School, *, complete: bool) -> dict[str, Any]:
    known = accounts(complete=complete)
    classes = [
        {
            "id": f"class-{each.number}",
            "name": each.label,
            "users": [_account(person) for person in each.people if person in known],
        }
        for each in college.classes
    ]
    return {"id": college.uai, "uai": college.uai, "name": college.name, "classes": classes}


def _account(person: Person) -> dict[str, Any]:
    return {
        "id": person.uuid,
        "displayName": f"{person.given} {person.family.title()}",
        "profile": "Teacher" if person.teacher else "Student",
        "externalId": f"{_ACADEMY_NAME}-{person.number}",
    }
