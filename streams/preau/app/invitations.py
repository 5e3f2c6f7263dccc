"""What an invitation to a project becomes: an establishment, its classes and its picked members."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from preau.app.eligibility import DegreeOf, check_level
from preau.canon.purposes import purposes
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import persons, said
from preau.store.projects import Pick, Place, Project
from preau.store.said import SaidState
from preau.web.project_needs import Invited


def invite(
    connection: sa.Connection,
    invited: Invited,
    purpose: str,
    degree_of: DegreeOf,
    levels: Collection[str] = (),
) -> Place:
    """The establishment, PROPOSED; raises `SetAside` when it names what is not there."""
    if degree_of(invited.instance) is None:
        fix = "declare the instance first: preau instance add"
        where = At(field="participants.instance")
        raise SetAside("INSTANCE_UNKNOWN", "no such instance", where=where, fix=fix)
    if not invited.classes and not invited.members:
        fix = "name its classes, or its members"
        where = At(field="participants.classes")
        raise SetAside("NOBODY_INVITED", "an establishment with nobody", where=where, fix=fix)
    keys = [full(invited.instance, each) for each in invited.classes]
    known = said.states(connection, "group", keys)
    for key in keys:
        _check_class(invited.uai, known.get(key), levels)
    picks = _picks(connection, invited, purpose)
    return Place(invited.uai, invited.instance, "PROPOSED", "", None, tuple(keys), picks)


def full(instance: str, id_: str) -> str:
    """`<instance>/<its id>` of an id that may be said alone."""
    return id_ if "/" in id_ else f"{instance}/{id_}"


def once(uais: Iterable[str]) -> None:
    """Raises `SetAside` (UAI_TWICE) when an establishment stands twice."""
    seen: set[str] = set()
    for uai in uais:
        if uai in seen:
            where, fix = At(field="participants.uai"), "name each establishment once"
            raise SetAside("UAI_TWICE", "an establishment stands twice", where=where, fix=fix)
        seen.add(uai)


def check_within(connection: sa.Connection, project: Project, place: Place) -> None:
    """Raises `SetAside` (BRANCH_OUTSIDE) when a sub-group names whom its project has not."""
    own = next((each for each in project.places if each.uai == place.uai), None)
    held = set() if own is None else {*own.groups, *(pick.source for pick in own.picks)}
    if own is None or own.instance != place.instance or not held.issuperset(place.groups):
        raise _outside("an establishment or a class that its project has not")
    for pick in place.picks:
        if pick.source not in held and not _in_class(connection, pick.source, own.groups):
            raise _outside("a member who is not one of its project")


def _in_class(connection: sa.Connection, source: str, classes: Collection[str]) -> bool:
    """Whether somebody is in one of these classes, under whichever of their accounts."""
    people = {each.person for each in persons.entries(connection, [source]).values()}
    accounts = {source, *persons.living(connection, people)}
    return not said.groups_of(connection, accounts).isdisjoint(classes)


def _check_class(uai: str, group: SaidState | None, levels: Collection[str]) -> None:
    where = At(field="participants.classes")
    if group is None or group.deleted:
        fix = "import the directory first; a class is <instance>/<its id>, or its id alone"
        raise SetAside("CLASS_UNKNOWN", "no such class is known", where=where, fix=fix)
    schools = [place for place in group.fields["establishments"] if "/" not in place]
    if schools and uai not in schools:
        fix = "name classes of this establishment only"
        what = "a class of another establishment"
        raise SetAside("CLASS_ELSEWHERE", what, where=where, known=tuple(schools), fix=fix)
    check_level(group, levels)


def _picks(connection: sa.Connection, invited: Invited, purpose: str) -> tuple[Pick, ...]:
    picks = [Pick(full(invited.instance, each.id), each.role) for each in invited.members]
    known = persons.entries(connection, [each.source for each in picks])
    for each in picks:
        if each.source not in known or known[each.source].deleted:
            where, fix = At(field="participants.members.id"), "import the directory first"
            raise SetAside("MEMBER_UNKNOWN", "no such person is known", where=where, fix=fix)
        _check_role(each, purpose)
    return tuple(picks)


def _check_role(pick: Pick, purpose: str) -> None:
    roles = purposes()[purpose].roles
    if pick.role not in roles:
        where, fix = At(field="participants.members.role"), "choose a role that the purpose lists"
        what = "a role that this purpose does not list"
        raise SetAside("MEMBER_ROLE", what, where=where, known=tuple(sorted(roles)), fix=fix)


def _outside(what: str) -> SetAside:
    where, fix = At(field="participants"), "name classes and members of the project only"
    return SetAside("BRANCH_OUTSIDE", what, where=where, fix=fix)
