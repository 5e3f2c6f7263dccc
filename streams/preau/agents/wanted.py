"""What each ENT of a project is to hold: its group, its members, its documents. Pure.

Default deny: what no live mandate lets an instance say does not count, and only the fields that a
live mandate and the recipient's card both list go into a delivery.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, Protocol

from preau.canon.purposes import ADULT_ROLES, IDS, record_of
from preau.ids import EVENT_NAMESPACE
from preau.store.outgoing import WAIT, Wanted
from preau.store.projects import Place, Project
from preau.store.rights import Rights
from preau.store.said import SaidState

PSEUDONYM = "PSEUDONYM"
"""What a directory service has as members: people, under the hub's pseudonym for it."""


class Recipient(Protocol):
    """What a connector's card says of its product as a recipient."""

    @property
    def product(self) -> str:
        """The connector's name."""
        ...

    @property
    def members(self) -> Collection[str]:
        """GROUP, PERSON, PSEUDONYM: what a group of it may contain."""
        ...

    @property
    def adults_only(self) -> bool:
        """Whether nobody but adults of establishments may be a member there."""
        ...

    @property
    def needs(self) -> Mapping[str, Collection[str]]:
        """Operation → the only fields that may leave for it."""
        ...


class Member(NamedTuple):
    """One member of a class: how its own system names it, and the person it is known as.

    `by` is the instance that says so, and `record` the record in which it does: membership, roster;
    both are empty for a member whom a person picked.
    """

    source: str
    person: str | None
    cause: str
    role: str = "PUPIL"
    record: str = ""
    by: str = ""


class Known(NamedTuple):
    """All that a project's group and members follow from.

    `rights` are what mandates allow today, `classes` the said groups, `members` those of each
    class, `picked` those of each establishment, `accounts` the sources of each person, `pseudonym`
    (instance, person) → what that instance may call them, `following` the pupils who came to each
    collège from an école of the project, `pupils` those sources and persons whom anybody calls a
    pupil: looked for only where an ENT takes adults only. `work` says where the group is a work
    group of one class, and of which (`preau.agents.work_groups`).
    """

    rights: Rights

    recipients: Mapping[str, Recipient]
    classes: Mapping[str, SaidState]
    members: Mapping[str, Sequence[Member]]
    picked: Mapping[str, Sequence[Member]]
    accounts: Mapping[str, Sequence[str]]
    pseudonym: Callable[[str, str], str]
    following: Mapping[str, Sequence[Member]] = MappingProxyType({})
    pupils: frozenset[str] = frozenset()
    work: Mapping[str, str] = MappingProxyType({})


def group_entity(project: Project) -> str:
    """The entity of a project's group."""
    return f"group:{project.group}"


def people(project: Project, known: Known) -> Iterator[Wanted]:
    """The group and its members in every ENT that takes part."""
    rights = known.rights
    for instance in rights.destinations():
        if "group" in rights.listed(instance):
            yield _group(project, instance, known)
    for place in (seat for each in project.places for seat in seats(each)):
        recipient = known.recipients.get(place.instance)
        if recipient is not None and rights.goes(place.uai, place.instance, "membership"):
            if _takes_people(place.instance, known):
                yield from _members(project, place, known.following.get(place.uai, ()), known)
            for group in place.groups:
                yield from _class(project, place, group, known)
            if _takes_people(place.instance, known):
                yield from _members(project, place, known.picked.get(place.uai, ()), known)


def seats(place: Place) -> Iterator[Place]:
    """An establishment in its ENT, then in each directory service that it is to be in as well."""
    yield place
    for instance in place.directories:
        yield place._replace(instance=instance)


def own_class(place: Place, group: str, known: Known) -> bool:
    """Whether this is a class of that ENT, by a word that counts, which joins it whole."""
    own, recipient = own_id(place.instance, group)[0], known.recipients[place.instance]
    whole = own and "GROUP" in recipient.members and place.instance not in known.work
    return whole and "PUPIL" in known.rights.roles and _said(place, group, known) is not None


def _group(project: Project, instance: str, known: Known) -> Wanted:
    body = {"group": project.group, "name": project.title, "member_kind": "GROUP"}
    if instance in known.work:
        body |= {"member_kind": "PERSON", "class": known.work[instance]}
    entity = group_entity(project)
    return Wanted(instance, entity, project.id, "GROUP_PUT", body, (), project.event_id)


def _takes_people(instance: str, known: Known) -> bool:
    """Whether people are members there one by one; else they are there by their class."""
    members = known.recipients[instance].members
    alone = "GROUP" not in members and not {"PERSON", PSEUDONYM}.isdisjoint(members)
    return alone or instance in known.work


def _said(place: Place, group: str, known: Known) -> SaidState | None:
    """What is said of a class of this school, by whoever may say it."""
    said, speaker = known.classes.get(group), group.partition("/")[0]
    heard = known.rights.heard(speaker, "group", place.uai)
    return said if heard and said is not None and not said.deleted else None


def _class(project: Project, place: Place, group: str, known: Known) -> Iterator[Wanted]:
    said = _said(place, group, known)
    if said is None:
        return
    if own_class(place, group, known):  # a class joins whole, its pupils with it
        local = own_id(place.instance, group)[1]
        yield _member(project, place.instance, "GROUP", local, said.event_id)
    elif _takes_people(place.instance, known):
        yield from _members(project, place, known.members.get(group, ()), known)


def _members(
    project: Project, place: Place, members: Iterable[Member], known: Known
) -> Iterator[Wanted]:
    """Those whose role the purpose lists, by the word of whoever may say so of this school.

    Where a product takes adults only, whoever is called a pupil by anybody is none, whatever their
    role here: a mandate that lists pupils changes nothing.
    """
    rights, recipient = known.rights, known.recipients[place.instance]
    for member in members:
        said = not member.by or rights.heard(member.by, member.record, place.uai)
        if recipient.adults_only and not _is_adult(member, known.pupils):
            continue
        if said and member.role in rights.roles:
            if PSEUDONYM in recipient.members:
                yield from _listed(project, place, member, known)
            else:
                yield from _person(project, place.instance, member, known)


def _is_adult(member: Member, pupils: frozenset[str]) -> bool:
    return member.role in ADULT_ROLES and pupils.isdisjoint({member.source, member.person or ""})


def _listed(project: Project, place: Place, member: Member, known: Known) -> Iterator[Wanted]:
    """Somebody in a directory service, under the name that it alone knows, for this school.

    The same person may be there for two schools: these are two things.
    """
    if member.person is None:
        return
    name = known.pseudonym(place.instance, member.person)
    own = _member(project, place.instance, "PERSON", name, member.cause, member.role)
    entity = f"member:{project.group}:{place.uai}:{name}"
    yield own._replace(entity=entity, body={**own.body, "establishment": place.uai})


def _person(project: Project, instance: str, member: Member, known: Known) -> Iterator[Wanted]:
    named = [member.source, *known.accounts.get(member.person or "", ())]
    local = sorted({own_id(instance, source)[1] for source in named if own_id(instance, source)[0]})
    for each in local:
        yield _member(project, instance, "PERSON", each, member.cause, member.role)
    if not local and member.person is not None:
        entity = f"member:{project.group}:{known.pseudonym(instance, member.person)}"
        yield Wanted(instance, entity, project.id, WAIT, {}, (), member.cause)


def _member(
    project: Project, instance: str, kind: str, local: str, cause: str, role: str = ""
) -> Wanted:
    body = {"group": project.group, "member_kind": kind, "local_id": local}
    body |= {"role": role} if role else {}
    entity, parents = f"member:{project.group}:{local}", (group_entity(project),)
    return Wanted(instance, entity, project.id, "MEMBER_PUT", body, parents, cause, local)


def share_entity(key: str, group: str) -> str:
    """The entity of a share that an ENT said, in that project's group; the same give the same id.

    A share that moves to the group of another project is withdrawn from the one and put in the
    other: to ENTs these are two things.
    """
    return f"share:{uuid.uuid5(EVENT_NAMESPACE, f'share:{group}:{key}')}"


def shared(
    project: Project, share: SaidState, resource: SaidState, rights: Rights
) -> Iterator[Wanted]:
    """A document shared with the group, in every other ENT of the project."""
    if resource.deleted or not rights.heard(resource.key.partition("/")[0], "resource"):
        return
    entity, fields = share_entity(share.key, project.group), resource.fields
    body = {
        "share": entity.partition(":")[2],
        "group": project.group,
        "title": fields["title"],
        "kind": fields["kind"],
        "source_instance": fields["instance"],
        "source_media": fields["media_id"],
        "permission": share.fields["permission"],
    }
    yield from elsewhere(project, share, Wanted("", entity, project.id, "SHARE_PUT", body), rights)


def may_speak(said: SaidState, rights: Rights) -> bool:
    """Whether what this instance says of the group's documents goes to the others."""
    return not said.deleted and rights.heard(said.key.partition("/")[0], said.record)


def may_leave(
    recipient: Callable[[str], Recipient | None], rights: Rights, wanted: Wanted
) -> tuple[Wanted, bool]:
    """The same with no field but those that a mandate and the recipient's card list.

    Nothing goes to an instance that nobody declared, nor a withdrawal that its product has no
    operation for; a withdrawal takes ids only, and needs no mandate. Anything else that a product
    has no operation for goes without a field: it refuses, and the page shows that.
    """
    known = recipient(wanted.destination)
    if known is None:
        return wanted._replace(body={}), False
    withdraws, record = wanted.operation.endswith("_REMOVE"), record_of(wanted.operation)
    given = IDS.get(record, ()) if withdraws else _given(rights, wanted.destination, record)
    listed = frozenset(known.needs.get(wanted.operation, ())).intersection(given)
    body = {name: value for name, value in wanted.body.items() if name in listed}
    return wanted._replace(body=body), not withdraws or wanted.operation in known.needs


def _given(rights: Rights, destination: str, record: str) -> Iterator[str]:
    for each in rights.listed(destination):
        owner, _, field = each.partition(".")
        if owner == record and field:
            yield field


def own_id(instance: str, key: str) -> tuple[bool, str]:
    """Whether a key is one of that instance, and the id in it."""
    owner, _, local = key.partition("/")
    return owner == instance, local


def elsewhere(
    project: Project, said: SaidState, wanted: Wanted, rights: Rights
) -> Iterator[Wanted]:
    """The same for every ENT of the project that may have it, but the one that said it."""
    source, record = said.key.partition("/")[0], record_of(wanted.operation)
    for instance in rights.destinations():
        if instance != source and record in rights.listed(instance):
            yield wanted._replace(
                destination=instance, parents=(group_entity(project),), cause=said.event_id
            )
