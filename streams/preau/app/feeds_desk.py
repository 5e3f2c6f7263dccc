"""Where an establishment gets a secret address of a project, and what is read there: agenda, feed.

An address is given by the role that may authorise for the establishment: that is its mandate for
this one reading, and what it lists is here (`SHOWN`), within what the purpose lists. Without a live
mandate of the establishment in the project the calendar and the feed are empty, not gone: a program
that gets an error keeps what it has, one that gets an empty calendar shows nothing any more.

An address of a network opens its agenda in the same way, over all of its projects: dates only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.agents import group_contents
from preau.agents.group_contents import RESOURCE, SHARE
from preau.app.agenda_entries import dates, items
from preau.app.cut_check import check_cuts
from preau.app.eligibility import DegreeOf
from preau.app.network_agenda import check_member, check_role, network, projects_of
from preau.canon.purposes import named, purposes
from preau.clock import Clock, paris_day
from preau.errors import Place as At
from preau.errors import SetAside
from preau.ids import event_id
from preau.outlets import atom, icalendar
from preau.outlets.icalendar import Date
from preau.store import audit, feed_addresses, projects
from preau.store.audit import OPERATOR, Act
from preau.store.feed_addresses import Address
from preau.store.projects import AUTHORISED, Place, Project
from preau.store.rights import Rights, rights_of
from preau.web.projects import unknown_project

DATES = ("calendar_event",)
DATED = (*DATES, "homework")
SHOWN = frozenset().union(
    named("HOMEWORK_PUT", ("title", "due")),
    named("CALENDAR_EVENT_PUT", ("title", "start", "end", "all_day", "recurrence")),
    named("SHARE_PUT", ("title", "kind", "source_instance", "permission")),
)
"""The only fields that an address ever shows."""


class Seen(NamedTuple):
    """One project as the holder of an address may see it."""

    project: Project
    place: Place
    rights: Rights

    def fields(self, record: str) -> frozenset[str]:
        """The fields of a record that it shows: none without a live mandate that lists it."""
        if not self.rights.goes(self.place.uai, self.place.instance, record):
            return frozenset()
        allowed = SHOWN & purposes()[self.project.purpose].fields
        owned = (each.partition(".") for each in allowed)
        return frozenset(field for owner, _, field in owned if owner == record)


class FeedsDesk:
    """Makes, lists, revokes and reads addresses; each call is one transaction."""

    def __init__(self, engine: sa.Engine, degree_of: DegreeOf, clock: Clock) -> None:
        self._engine = engine
        self._degree_of = degree_of
        self._clock = clock

    def make(self, project: str, uai: str, granted_by: str, by: str = OPERATOR) -> str:
        """A new address in clear, shown this once.

        Raises `SetAside` (PROJECT_UNKNOWN, NOT_INVITED, ROLE_REFUSED, FEED_UNAUTHORISED).
        """
        now = self._clock.now_ms()
        with self._engine.begin() as connection:
            found = projects.get(connection, project)
            if found is None:
                raise unknown_project()
            self._check(_place(found, uai), granted_by)
            clear, made = feed_addresses.make(connection, project, uai, granted_by, now)
            facts = {"project": project, "uai": uai, "role": granted_by}
            audit.append(connection, Act(by, "address.made", made.id, facts), now)
        return clear

    def make_for_network(self, name: str, uai: str, granted_by: str, by: str = OPERATOR) -> str:
        """A new address of a network's agenda for one of its members, shown this once.

        Raises `SetAside` (NETWORK_UNKNOWN, NETWORK_OTHER, ROLE_REFUSED).
        """
        now = self._clock.now_ms()
        with self._engine.begin() as connection:
            check_member(connection, name, uai, granted_by)
            subject = f"{feed_addresses.NETWORK}{name}"
            clear, made = feed_addresses.make(connection, subject, uai, granted_by, now)
            facts = {"network": name, "uai": uai, "role": granted_by}
            audit.append(connection, Act(by, "address.made", made.id, facts), now)
        return clear

    def revoke(self, id_: str, by: str = OPERATOR) -> Address:
        """It opens nothing any more; raises `SetAside` (FEED_UNKNOWN) for a name of none."""
        now = self._clock.now_ms()
        with self._engine.begin() as connection:
            found = feed_addresses.get(connection, id_)
            if found is None:
                raise _unknown("give the name that the list of addresses shows")
            if feed_addresses.revoke(connection, id_, now):
                facts = {"project": found.project, "uai": found.uai}
                audit.append(connection, Act(by, "address.revoked", id_, facts), now)
        return found._replace(revoked_at=found.revoked_at or now)

    def addresses(self, project: str = "") -> Sequence[Address]:
        """Every address ever made, of one project if one is named; none is shown."""
        with self._engine.connect() as connection:
            return feed_addresses.addresses(connection, project)

    def calendar(self, clear: str) -> bytes:
        """The dates and homework of its project, or its network's dates.

        Raises `SetAside` (FEED_UNKNOWN), `TryAgain` (CUT_NOW).
        """
        with self._engine.connect() as connection:
            address = feed_addresses.find(connection, clear)
            if address is not None and address.network:
                return self._agenda(connection, address)
        return self._read(clear, DATED, _calendar)

    def documents(self, clear: str) -> bytes:
        """The documents of its project, as an Atom feed; raises as `calendar` does."""
        return self._read(clear, (SHARE, RESOURCE), _documents)

    def _agenda(self, connection: sa.Connection, address: Address) -> bytes:
        """Every date of the network's projects that this member may read."""
        day = paris_day(self._clock.now_ms())
        told: list[Date] = []
        found = network(connection, address.network)
        for project in projects_of(connection, found, address.uai):
            check_cuts(connection, project, DATES)
            rights = rights_of(connection, project, day)
            told += _dates(connection, Seen(project, _place(project, address.uai), rights), DATES)
        return icalendar.calendar(address.network, told)

    def _read(
        self,
        clear: str,
        records: Collection[str],
        write: Callable[[sa.Connection, Seen], bytes],
    ) -> bytes:
        with self._engine.connect() as connection:
            address = feed_addresses.find(connection, clear)
            project = address and projects.get(connection, address.project)
            if address is None or project is None:
                raise _unknown("ask for a new address: this one is unknown or revoked")
            check_cuts(connection, project, records)
            day = paris_day(self._clock.now_ms())
            place = _place(project, address.uai)
            return write(connection, Seen(project, place, rights_of(connection, project, day)))

    def _check(self, place: Place, granted_by: str) -> None:
        check_role(granted_by, self._degree_of(place.instance) or "")
        if place.decision != AUTHORISED:
            what, fix = "the establishment has not authorised the project", "let it decide first"
            raise SetAside("FEED_UNAUTHORISED", what, where=At(field="uai"), fix=fix)


def _calendar(connection: sa.Connection, seen: Seen) -> bytes:
    return icalendar.calendar(seen.project.title, _dates(connection, seen, DATED))


def _dates(connection: sa.Connection, seen: Seen, records: Collection[str]) -> list[Date]:
    return [
        date
        for record in records
        if (fields := seen.fields(record))
        for each in group_contents.contents(connection, seen.project, seen.rights, record)
        for date in dates(each, fields)
    ]


def _documents(connection: sa.Connection, seen: Seen) -> bytes:
    fields, project = seen.fields(SHARE), seen.project
    found = group_contents.documents(connection, project, seen.rights) if fields else ()
    told = [items(share, document, fields, project.created_at) for share, document in found]
    id_ = event_id("hub", f"feed:{project.group}", seen.place.uai)
    return atom.feed(atom.Head(id_, project.title, project.created_at), told)


def _place(project: Project, uai: str) -> Place:
    place = next((each for each in project.places if each.uai == uai), None)
    if place is None:
        known = tuple(each.uai for each in project.places)
        what, fix = "this establishment is not in the project", "name one of the project"
        raise SetAside("NOT_INVITED", what, where=At(field="uai"), known=known, fix=fix)
    return place


def _unknown(fix: str) -> SetAside:
    return SetAside("FEED_UNKNOWN", "no such address", where=At(field="address"), fix=fix)
