"""What the mandates of a project allow on a day: who may receive which fields, who may speak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import sqlalchemy as sa

from preau.canon.purposes import DIRECTORY, Purpose, purposes
from preau.store import mandates
from preau.store.mandates import EVERY, PUBLISH, RECEIVE, Mandate
from preau.store.projects import AUTHORISED, OPEN, REFUSED, WITHDRAWN, Place, Project


class Rights(NamedTuple):
    """`places`: (UAI, instance) → the records, and fields as `share.title`, that may go there.

    `says`: (instance, record, UAI or `*`) that may be heard; `roles` who may be a member. `stood`
    are the UAIs whose days are over while nobody took back their word, `left` the instances that
    left the project on their day, or whose establishment has another ENT now: what they gave to it
    until then stays.
    """

    places: Mapping[tuple[str, str], frozenset[str]]
    says: frozenset[tuple[str, str, str]]
    roles: frozenset[str]
    stood: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()

    def destinations(self) -> list[str]:
        """The instances that may receive something."""
        return sorted({instance for _, instance in self.places})

    def goes(self, uai: str, instance: str, record: str) -> bool:
        """Whether this record may go to that establishment there."""
        return record in self.places.get((uai, instance), ())

    def listed(self, instance: str) -> frozenset[str]:
        """Everything that may go to an instance, for whichever of its establishments."""
        each = (fields for (_, name), fields in self.places.items() if name == instance)
        return frozenset().union(*each)

    def heard(self, instance: str, record: str, uai: str = "") -> bool:
        """Whether what this instance says of a record counts; for one establishment if named."""
        if uai:
            return not self.says.isdisjoint({(instance, record, uai), (instance, record, EVERY)})
        return any((who, what) == (instance, record) for who, what, _ in self.says)


NOTHING = Rights({}, frozenset(), frozenset())


def rights(project: Project, given: Iterable[Mandate], day: str) -> Rights:
    """What these mandates allow on this day; nothing while the project is not open, or not then."""
    purpose = purposes().get(project.purpose)
    if purpose is None or project.state != OPEN or not project.starts <= day <= project.ends:
        return NOTHING
    begun = [each for each in given if each.revoked_at is None and each.starts <= day]
    live = [each for each in begun if each.live(day)]
    places: dict[tuple[str, str], frozenset[str]] = {}
    says = set(_directory(live))
    stood: set[str] = set()
    for place in project.places:
        word = [each for each in begun if _serves(each, place, project)]
        serving = [] if place.left(day) else [each for each in word if each.live(day)]
        taken = [_listed(each, purpose) for each in serving if each.direction == RECEIVE]
        if taken:
            places[place.uai, place.instance] = frozenset().union(*taken)
        elif any(each.direction == RECEIVE for each in word):
            stood.add(place.uai)
        places |= {} if place.left(day) else _beside(place, project, purpose, live)
        says |= {
            (place.instance, record, place.uai)
            for each in serving
            if each.direction == PUBLISH
            for record in purpose.publishes.intersection(each.records)
        }
    left = {each.instance for each in project.places if each.uai in stood and each.left(day)}
    left |= {
        former.instance
        for each in project.places
        if each.uai in stood or (each.uai, each.instance) in places
        for former in each.former
    }
    return Rights(places, frozenset(says), purpose.roles, frozenset(stood), frozenset(left))


def rights_of(connection: sa.Connection, project: Project, day: str) -> Rights:
    """The same, with the mandates read from the store."""
    given = mandates.serving(connection, project.root, project.purpose)
    speakers = {key.partition("/")[0] for place in project.places for key in place.groups}
    speakers |= {pick.source.partition("/")[0] for place in project.places for pick in place.picks}
    speakers |= {place.instance for place in project.places}
    return rights(project, [*given, *mandates.directories(connection, speakers)], day)


def _beside(
    place: Place, project: Project, purpose: Purpose, live: Iterable[Mandate]
) -> dict[tuple[str, str], frozenset[str]]:
    """What directory services may receive of an establishment, each by a mandate of its own."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for instance in place.directories:
        seat = place._replace(instance=instance)
        taken = [
            _listed(each, purpose)
            for each in live
            if each.direction == RECEIVE and _serves(each, seat, project)
        ]
        if taken:
            found[place.uai, instance] = frozenset().union(*taken)
    return found


def _directory(live: Iterable[Mandate]) -> Iterable[tuple[str, str, str]]:
    allowed = purposes()[DIRECTORY].publishes
    for each in live:
        if each.purpose == DIRECTORY and each.direction == PUBLISH and not each.project:
            for record in allowed.intersection(each.records):
                yield each.instance, record, each.establishment


def _serves(mandate: Mandate, place: Place, project: Project) -> bool:
    """A project's own mandate counts while its place authorises; a standing one until it stops."""
    stopped = place.decision in (REFUSED, WITHDRAWN)
    agreed = place.decision == AUTHORISED if mandate.project else not stopped
    return (
        agreed
        and mandate.instance == place.instance
        and mandate.establishment == place.uai
        and mandate.for_project(project.root, project.purpose)
    )


def _listed(mandate: Mandate, purpose: Purpose) -> frozenset[str]:
    records = purpose.records.intersection(mandate.records)
    fields = purpose.fields.intersection(mandate.fields)
    return records | {each for each in fields if each.partition(".")[0] in records}
