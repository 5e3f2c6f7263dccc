"""A project's group in an ENT whose groups are of classes: whole ones, or people of one. Pure.

Such an ENT (`members: [GROUP, PERSON]` on its card) has two kinds of groups: one that whole classes
join, and a work group inside one class, of single people. A project in which a class joins whole
has the first there. Where people were picked one by one, or the purpose lists no pupils, it has the
second, of the class in which most of them are: whoever is in another class is refused by the ENT.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from preau.agents.wanted import Known, Recipient, group_entity, own_class, people
from preau.store.outgoing import Row, Wanted
from preau.store.projects import Project

KIND, CLASS = "member_kind", "class"
OF_CLASSES, OF_PEOPLE = "GROUP", "PERSON"
LISTED = frozenset({f"group.{KIND}", f"group.{CLASS}"})
"""What a mandate must list for a work group to be told: without it, groups are of classes."""
_RECORD = "membership"
ClassesOf = Callable[[str, Collection[str]], Mapping[str, Collection[str]]]
"""(instance, people's ids in it) → the ids of its classes → who of these people is in each."""


class Groups(NamedTuple):
    """What is wanted of a project's groups and members.

    `changing`: (destination, entity) of the groups that must go first, being of another kind.
    """

    wanted: list[Wanted]
    changing: set[tuple[str, str]]


def groups_and_members(
    project: Project, known: Known, held: Iterable[Row], leaving: Collection[str], of: ClassesOf
) -> Groups:
    """The group and its members in every ENT, where need be as a work group of one class.

    A group is of one kind for as long as it stands. When it is to be of the other kind, or of
    another class, it goes with its members, and only when its ENT has said so (`leaving`: those
    that have not) is it told as the other.
    """
    works = {
        name for name in known.rights.destinations() if _may_be_of_people(project, known, name)
    }
    apart = known._replace(work=dict.fromkeys(works, ""))
    entity = group_entity(project)
    stands = {row.destination: row for row in held if row.entity == entity}
    of_people = {
        name: found
        for name, there in _people_there(project, apart).items()
        if (found := _class_of(of(name, there), stands.get(name)))
    }
    known = known._replace(work=of_people)
    changing = {
        name
        for name, card in known.recipients.items()
        if is_of_classes(card) and (name in leaving or _differs(stands.get(name), of_people, known))
    }
    wanted = [each for each in people(project, known) if each.destination not in changing]
    return Groups(wanted, {(name, entity) for name in changing - set(leaving)})


def is_of_classes(recipient: Recipient) -> bool:
    """Whether its groups are of classes, and it has work groups besides."""
    return {OF_CLASSES, OF_PEOPLE} <= set(recipient.members)


def _may_be_of_people(project: Project, known: Known, instance: str) -> bool:
    """Whether no class joins whole there, and a mandate lets the work group be told."""
    recipient = known.recipients.get(instance)
    if recipient is None or not is_of_classes(recipient):
        return False
    if not known.rights.listed(instance) >= LISTED:
        return False
    goes = known.rights.goes
    places = [
        p for p in project.places if p.instance == instance and goes(p.uai, instance, _RECORD)
    ]
    return not any(own_class(place, group, known) for place in places for group in place.groups)


def _people_there(project: Project, known: Known) -> dict[str, set[str]]:
    """ENT → the accounts that are to be members of a work group of it."""
    found: dict[str, set[str]] = {}
    for each in people(project, known) if known.work else ():
        if each.destination in known.work and each.local:
            found.setdefault(each.destination, set()).add(each.local)
    return found


def _class_of(classes: Mapping[str, Collection[str]], stands: Row | None) -> str:
    """The class that it has, if it may stay; else the one with most of them, the first by id."""
    kept = str(stands.body.get(CLASS, "")) if stands and _is_put(stands) else ""
    if classes.get(kept):
        return kept
    sizes = Counter({name: len(members) for name, members in sorted(classes.items())})
    return sizes.most_common(1)[0][0] if sizes else ""


def _differs(stands: Row | None, of_people: Mapping[str, str], known: Known) -> bool:
    """Whether a group stands that is not as it should be; one told without a kind is of classes."""
    if stands is None or not _is_put(stands):
        return False
    if not known.rights.listed(stands.destination) >= LISTED:
        return False
    held = str(stands.body.get(KIND, OF_CLASSES)), str(stands.body.get(CLASS, ""))
    name = of_people.get(stands.destination, "")
    return held != ((OF_PEOPLE, name) if name else (OF_CLASSES, ""))


def _is_put(row: Row) -> bool:
    return row.operation.endswith("_PUT")
