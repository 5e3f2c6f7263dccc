"""Where pupils are: by memberships and rosters, in schools that have a UAI and others."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from preau.store import said
from preau.store.enrolments import School, enrolments, schools
from preau.store.said import SaidState

UAI = "0990002P"


def state(record: str, key: str, fields: Any, *points: tuple[str, str]) -> SaidState:
    return SaidState(record, key, 1, deleted=False, event_id="e", fields=fields, points=points)


def group(key: str, place: str, *levels: str) -> SaidState:
    fields = {"kind": "CLASS", "name": key, "levels": list(levels), "establishments": [place]}
    return state("group", key, fields)


def member(group: str, who: str, role: str = "PUPIL") -> SaidState:
    fields = {"group": group, "member": who, "member_kind": "PERSON", "role": role}
    return state("membership", f"{group}-{who}", fields, ("group", group), ("member", who))


def school(key: str, uai: str | None, **more: Any) -> SaidState:
    fields = {"uai": uai, "kind": "ECOLE_PRIMAIRE", "name": "LES TILLEULS", **more}
    return state("establishment", key, fields, *((("uai", uai),) if uai else ()))


def test_a_pupil_is_in_the_school_of_its_class(connection: sa.Connection) -> None:
    rows = [group("a/1", UAI, "CM1", "CM2"), member("a/1", "a/p"), school("a/s", UAI)]
    said.put(connection, rows)
    ((one,),) = enrolments(connection, ["a/p", "a/q"]).values()
    assert (one.source, one.levels) == ("a/p", frozenset({"CM1", "CM2"}))
    assert one.school == School(UAI, "ECOLE_PRIMAIRE", "LES TILLEULS", "")


def test_a_list_of_all_members_counts_too(connection: sa.Connection) -> None:
    names = ("b/p", "b/q", "b/t")
    listed = [
        {"member": name, "member_kind": "PERSON", "role": "TEACHER" if name == "b/t" else "PUPIL"}
        for name in names
    ]
    points = (("group", "b/1"), *(("member", name) for name in names))
    said.put(connection, [group("b/1", UAI, "CM2")])
    said.put(connection, [state("roster", "b/1", {"group": "b/1", "members": listed}, *points)])
    assert enrolments(connection, ["b/p", "b/t"]).keys() == {"b/p"}


def test_whoever_teaches_is_not_enrolled(connection: sa.Connection) -> None:
    said.put(connection, [group("a/1", UAI), member("a/1", "a/t", "TEACHER")])
    assert enrolments(connection, ["a/t"]) == {}


def test_a_class_that_is_gone_or_not_known_yet_says_nothing(connection: sa.Connection) -> None:
    gone = group("a/1", UAI)._replace(deleted=True)
    said.put(connection, [gone, member("a/1", "a/p"), member("a/2", "a/q")])
    assert enrolments(connection, ["a/p", "a/q"]) == {}


def test_a_school_is_known_by_its_key_or_its_uai(connection: sa.Connection) -> None:
    told = school("a/510", UAI, sector_college_uai="0990001N")
    said.put(connection, [told, school("a/511", None)])
    known = schools(connection, ["a/510", UAI, "a/511", "0990099X"])
    assert known["a/510"] == known[UAI] == School(UAI, "ECOLE_PRIMAIRE", "LES TILLEULS", "0990001N")
    assert known["a/511"].uai == "a/511"
    assert known["0990099X"] == School("0990099X", "OTHER", "", "")


def test_of_several_sources_the_one_that_says_most_of_a_school_counts(
    connection: sa.Connection,
) -> None:
    said.put(connection, [school("a/1", UAI), school("b/1", UAI, kind="OTHER", name="")])
    assert schools(connection, [UAI])[UAI].name == "LES TILLEULS"


def test_a_school_of_which_several_speak_is_known_field_by_field(connection: sa.Connection) -> None:
    """The State's name over the ENT's, though said before; the sector, that only the ENT says."""
    aaf = {"authority": "STATE", "at": 10}
    ent: dict[str, Any] = {"authority": "ENT", "at": 20, "name": "Tilleuls"}
    ent["sector_college_uai"] = "0990001N"
    rows = [school("ent/1", UAI, **ent), school("aaf/1", UAI, **aaf)]
    said.put(connection, rows)
    found = schools(connection, [UAI])[UAI]
    assert found == School(UAI, "ECOLE_PRIMAIRE", "LES TILLEULS", "0990001N")
