"""What an invitation to a project becomes: an establishment, its classes and its picked members."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

import sqlalchemy as sa

from preau.app.eligibility import DegreeOf, check_level
from preau.canon.purposes import purposes
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import persons, said
from preau.store.projects import Pick, Place, Project
from preau.store.said import SaidState
from preau.web.project_needs import Invited

Silent = Callable[[str], bool]
"""Whether an instance says nothing of whom it knows."""


def never(_instance: str) -> bool:
    """Every instance says whom it knows."""
    return False


def invite(
    connection: sa.Connection,
    invited: Invited,
    purpose: str,
    degree_of: DegreeOf,
    levels: Collection[str] = (),
    silent: Silent = never,
    *,
    nobody: bool = False,
) -> Place:
    """The establishment, PROPOSED; raises `SetAside` when it names what is not there.

    `nobody`: it need not name anybody, since it has some already. The accounts of a `silent`
    instance are taken by the word of whoever picks them: no source says them.
    """
    if degree_of(invited.instance) is None:
        fix = "declare the instance first: preau instance add"
        where = At(field="participants.instance")
        raise SetAside("INSTANCE_UNKNOWN", "no such instance", where=where, fix=fix)
    if not invited.classes and not invited.members and not nobody:
        fix = "name its classes, or its members"
        where = At(field="participants.classes")
        raise SetAside("NOBODY_INVITED", "an establishment with nobody", where=where, fix=fix)
    keys = [full(invited.instance, each) for each in invited.classes]
    known = said.states(connection, "group", keys)
    for key in keys:
        _check_class(invited.uai, known.get(key), levels)
    picks = _picks(connection, invited, purpose, silent)
    place = Place(invited.uai, invited.instance, "PROPOSED", "", None, tuple(keys), picks)
    return place._replace(directories=tuple(sorted({*invited.directories})))


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


def joined(held: Place, more: Place) -> Place:
    """An establishment with more classes, members and directories; raises INSTANCE_OTHER."""
    if held.instance != more.instance:
        where, fix = At(field="instance"), "name the ENT that the project has for it"
        what, known = "an establishment takes part from one ENT", (held.instance,)
        raise SetAside("INSTANCE_OTHER", what, where=where, known=known, fix=fix)
    groups = tuple(dict.fromkeys((*held.groups, *more.groups)))
    picks = {each.source: each for each in (*held.picks, *more.picks)}
    beside = tuple(sorted({*held.directories, *more.directories}))
    return held._replace(groups=groups, picks=tuple(picks.values()), directories=beside)


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


def _picks(
    connection: sa.Connection, invited: Invited, purpose: str, silent: Silent
) -> tuple[Pick, ...]:
    picks = [Pick(full(invited.instance, each.id), each.role) for each in invited.members]
    known = persons.entries(connection, [each.source for each in picks])
    for each in picks:
        told = each.source in known and not known[each.source].deleted
        if not told and not silent(each.source.partition("/")[0]):
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
