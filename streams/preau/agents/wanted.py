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


def shared(project: Project, share: SaidState, resource: SaidState | None) -> Iterator[Wanted]:
    """A document shared with the group, in every other ENT of the project.

    Nothing until the resource is known: the share waits in the store for its parent.
    """
    source = share.key.partition("/")[0]
    if not _may_speak(project, source) or share.deleted or resource is None or resource.deleted:
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
    yield from _elsewhere(project, source, entity, "SHARE_PUT", body, share.event_id)


def set_work(project: Project, homework: SaidState) -> Iterator[Wanted]:
    """A homework given to the group, in every other ENT of the project."""
    source = homework.key.partition("/")[0]
    if not _may_speak(project, source) or homework.deleted:
        return
    entity, due = homework_entity(homework.key), homework.fields["due"]
    body = {
        "homework": entity.partition(":")[2],
        "group": project.group,
        "title": homework.fields["title"],
        "due": None if due is None else (_EPOCH + dt.timedelta(days=due)).isoformat(),
    }
    yield from _elsewhere(project, source, entity, "HOMEWORK_PUT", body, homework.event_id)


def listed(wanted: Wanted, recipient: Recipient | None) -> Wanted:
    """The same with no field but those that the recipient's card lists for this operation."""
    needs = recipient.needs.get(wanted.operation, ()) if recipient is not None else ()
    return wanted._replace(body={n: v for n, v in wanted.body.items() if n in needs})


def own_id(instance: str, key: str) -> tuple[bool, str]:
    """Whether a key is one of that instance, and the id in it."""
    owner, _, local = key.partition("/")
    return owner == instance, local


def _may_speak(project: Project, instance: str) -> bool:
    return project.state == OPEN and instance in project.destinations()


def _elsewhere(
    project: Project, source: str, entity: str, operation: str, body: Mapping[str, Any], cause: str
) -> Iterator[Wanted]:
    parents = (group_entity(project),)
    for instance in project.destinations():
        if instance != source:
            yield Wanted(instance, entity, project.id, operation, body, parents, cause)
