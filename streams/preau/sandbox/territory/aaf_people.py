"""What the two degrees of AAF write alike about people, and how it is counted.

The first degree has its own attribute names for family name, given name, title and mail.
"""

from __future__ import annotations

from preau.sandbox.territory.aaf_set import attribute
from preau.sandbox.territory.desk import Desk
from preau.sandbox.territory.flaws import UNKNOWN_FUNCTION, said_given
from preau.sandbox.territory.people import Family, Pupil, Staff
from preau.sandbox.territory.schools import School

#: Flaws of a pupil that stand in its own record, in each degree; `kinship_old` in the second only.
_TOLD = ("ine_missing", "class_missing", "arity", "homonym", "accents_lost", "name_changed")


def names(
    key: int, birth_name: str, name: str, given: str, *, first_degree: bool = False
) -> list[str]:
    """Number and names."""
    return [
        attribute("ENTPersonJointure", key),
        attribute("ENTPersonNomPatro", birth_name),
        attribute("ENTPersonNom" if first_degree else "sn", name),
        attribute("ENTPersonPrenom" if first_degree else "givenName", given),
    ]


def pupil(one: Pupil, key: int, ine: str, *, first_degree: bool = False) -> list[str]:
    """Who a pupil is."""
    given = said_given(one)
    return [
        *names(key, one.name, one.name, given, first_degree=first_degree),
        attribute("ENTEleveINE", "" if "ine_missing" in one.flaws else ine),
        attribute("ENTPersonDateNaissance", f"{one.birth:%d/%m/%Y}"),
        attribute("ENTPersonAutresPrenoms", given, *one.others[1:]),
        attribute("ENTPersonCivilite" if first_degree else "personalTitle", one.title),
    ]


def home(family: Family) -> list[str]:
    """Where a family lives: what the hub must never keep."""
    return [
        attribute("ENTPersonAdresse", f"{family.street}$$$"),
        attribute("ENTPersonCodePostal", family.postcode),
        attribute("ENTPersonVille", family.town),
        attribute("ENTPersonPays", "FRANCE"),
    ]


def phone(number: int) -> str:
    """A number of the range kept for fiction (01 99 00)."""
    return f"019900{number % 10_000:04d}"


def staff(who: Staff, key: int, school: School, *, first_degree: bool = False) -> list[str]:
    """Who a member of staff is."""
    return [
        *names(key, who.birth_name, who.name, who.given, first_degree=first_degree),
        attribute("ENTPersonDateNaissance", f"{who.birth:%d/%m/%Y}"),
        attribute("ENTPersonCivilite" if first_degree else "personalTitle", who.title),
        attribute("ENTPersonMail" if first_degree else "mail", f"p{who.number}@academie.example"),
        attribute("ENTPersonStructRattach", school.number),
    ]


def functions(who: Staff, *, first_degree: bool) -> str:
    """Its functions in the schools of one degree."""
    unknown = "function_unknown" in who.flaws
    return attribute(
        "ENTPersonFonctions",
        *[
            f"{post.school.number}${UNKNOWN_FUNCTION if unknown else post.code}${post.label}"
            f"${post.discipline}${post.trade}"
            for post in who.posts_in(first_degree=first_degree)
        ],
    )


def presence(who: Staff) -> list[str]:
    """Whether it teaches, as the State says it."""
    teaches = "O" if who.teaches else "N"
    return [
        attribute("PersEducNatPresenceDevantEleves", teaches),
        attribute("ENTPersonCategorieEnseignant", teaches),
    ]


def count_staff(desk: Desk, who: Staff, key: int, *, first_degree: bool) -> None:
    """Counts one person and its posts; tells the unknown function."""
    unknown = "function_unknown" in who.flaws
    posts = len(who.posts_in(first_degree=first_degree))
    desk.objects("person")
    desk.objects("affiliation_unknown" if unknown else "affiliation", posts)
    if unknown:
        desk.flaw("function_unknown", "PersEducNat", key)


def tell_flaws(desk: Desk, one: Pupil, key: int, *, first_degree: bool) -> None:
    """Counts one pupil, or its record set aside; tells each flaw that stands in it."""
    kinds = [kind for kind in _TOLD if kind in one.flaws]
    if not first_degree and "kinship_old" in one.flaws:
        kinds.append("kinship_old")
    for kind in kinds:
        desk.flaw(kind, "Eleve", key)
    if "arity" in one.flaws:
        desk.aside("Eleve")
    else:
        desk.objects("person")
        desk.objects("affiliation")
