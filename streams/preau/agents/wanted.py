"""What each ENT of a project is to hold: its group, its members, its documents. Pure.

Default deny, twice: only establishments that authorised count, and only the fields that the
recipient's card lists for an operation go into a delivery.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from preau.ids import EVENT_NAMESPACE
from preau.store.outgoing import WAIT, Wanted
from preau.store.projects import AUTHORISED, OPEN, Place, Project
from preau.store.said import SaidState

_EPOCH = dt.date(1970, 1, 1)


class Recipient(Protocol):
    """What a connector's card says of its product as a recipient."""

    @property
    def product(self) -> str:
        """The connector's name."""
        ...

    @property
    def members(self) -> Collection[str]:
        """GROUP, PERSON: what a group of it may contain."""
        ...

    @property
    def needs(self) -> Mapping[str, Collection[str]]:
        """Operation → the only fields that may leave for it."""
        ...


class Member(NamedTuple):
    """One member of a class: how its own system names it, and the person it is known as."""

    source: str
    person: str | None
    cause: str


class Known(NamedTuple):
    """All that a project's group and members follow from.

    `classes` are the said groups, `members` those of each class, `accounts` the sources of each
    person, `pseudonym` (instance, person) → what that instance may call them.
    """

    recipients: Mapping[str, Recipient]
    classes: Mapping[str, SaidState]
    members: Mapping[str, Sequence[Member]]
    accounts: Mapping[str, Sequence[str]]
    pseudonym: Callable[[str, str], str]


def group_entity(project: Project) -> str:
    """The entity of a project's group."""
    return f"group:{project.group}"


def people(project: Project, known: Known) -> Iterator[Wanted]:
    """The group and its members in every ENT that takes part."""
    if project.state != OPEN:
        return
    for instance in project.destinations():
        body = {"group": project.group, "name": project.title}
        entity = group_entity(project)
        yield Wanted(instance, entity, project.id, "GROUP_PUT", body, (), project.event_id)
    for place in project.places:
        if place.decision == AUTHORISED and (recipient := known.recipients.get(place.instance)):
            for group in place.groups:
                yield from _class(project, place, recipient, group, known)


def _class(
    project: Project, place: Place, recipient: Recipient, group: str, known: Known
) -> Iterator[Wanted]:
    own, local = own_id(place.instance, group)
    said = known.classes.get(group)
    if said is None or said.deleted:
        return
    if own and "GROUP" in recipient.members:
        yield _member(project, place.instance, "GROUP", local, said.event_id)
    elif "PERSON" in recipient.members:
        for member in known.members.get(group, ()):
            yield from _person(project, place.instance, member, known)


def _person(project: Project, instance: str, member: Member, known: Known) -> Iterator[Wanted]:
    named = [member.source, *known.accounts.get(member.person or "", ())]
    local = sorted({own_id(instance, source)[1] for source in named if own_id(instance, source)[0]})
    for each in local:
        yield _member(project, instance, "PERSON", each, member.cause)
    if not local and member.person is not None:
        entity = f"member:{project.group}:{known.pseudonym(instance, member.person)}"
        yield Wanted(instance, entity, project.id, WAIT, {}, (), member.cause)


def _member(project: Project, instance: str, kind: str, local: str, cause: str) -> Wanted:
    body = {"group": project.group, "member_kind": kind, "local_id": local}
    entity, parents = f"member:{project.group}:{local}", (group_entity(project),)
    return Wanted(instance, entity, project.id, "MEMBER_PUT", body, parents, cause, local)


def share_entity(key: str) -> str:
    """The entity of a share that an ENT said; the same key gives the same id."""
    return f"share:{uuid.uuid5(EVENT_NAMESPACE, f'share:{key}')}"


def homework_entity(key: str) -> str:
    """The entity of a homework that an ENT said."""
    return f"homework:{uuid.uuid5(EVENT_NAMESPACE, f'homework:{key}')}"


def shared(project: Project, share: SaidState, resource: SaidState) -> Iterator[Wanted]:
    """A document shared with the group, in every other ENT of the project."""
    if resource.deleted:
        return
    entity, fields = share_entity(share.key), resource.fields
    body = {
        "share": entity.partition(":")[2],
        "group": project.group,
        "title": fields["title"],
        "kind": fields["kind"],
        "source_instance": fields["instance"],
        "source_media": fields["media_id"],
        "permission": share.fields["permission"],
    }
    yield from _elsewhere(project, share, entity, "SHARE_PUT", body)


def set_work(project: Project, homework: SaidState) -> Iterator[Wanted]:
    """A homework given to the group, in every other ENT of the project."""
    entity, due = homework_entity(homework.key), homework.fields["due"]
    body = {
        "homework": entity.partition(":")[2],
        "group": project.group,
        "title": homework.fields["title"],
        "due": None if due is None else (_EPOCH + dt.timedelta(days=due)).isoformat(),
    }
    yield from _elsewhere(project, homework, entity, "HOMEWORK_PUT", body)


def may_speak(project: Project, said: SaidState) -> bool:
    """Whether what this instance says of the group's documents goes to the others."""
    instance = said.key.partition("/")[0]
    return project.state == OPEN and not said.deleted and instance in project.destinations()


def may_leave(recipient: Callable[[str], Recipient | None], wanted: Wanted) -> tuple[Wanted, bool]:
    """The same with no field but those that the recipient's card lists for this operation.

    Nothing goes to an instance that nobody declared, nor a withdrawal that its product has no
    operation for. Anything else that it has none for goes without a field: it refuses, and the
    page shows that.
    """
    known = recipient(wanted.destination)
    if known is None:
        return wanted._replace(body={}), False
    listed = known.needs.get(wanted.operation, ())
    body = {name: value for name, value in wanted.body.items() if name in listed}
    withdraws = wanted.operation.endswith("_REMOVE")
    return wanted._replace(body=body), not withdraws or wanted.operation in known.needs


def own_id(instance: str, key: str) -> tuple[bool, str]:
    """Whether a key is one of that instance, and the id in it."""
    owner, _, local = key.partition("/")
    return owner == instance, local


def _elsewhere(
    project: Project, said: SaidState, entity: str, operation: str, body: Mapping[str, Any]
) -> Iterator[Wanted]:
    parents, source = (group_entity(project),), said.key.partition("/")[0]
    for instance in project.destinations():
        if instance != source:
            wanted = (instance, entity, project.id, operation, body, parents)
            yield Wanted(*wanted, cause=said.event_id)
