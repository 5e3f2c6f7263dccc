"""Who is in a project's group, as one directory service may see it now.

Read from what that service is to hold (`outgoing`), whose fields its mandates and its card both
list; the mandates are asked anew, so that one that ended a moment ago counts already. A group of
which nothing may be seen is no group for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlalchemy as sa

from preau.agents.wanted import PSEUDONYM, Recipient
from preau.app.cut_check import check_cuts
from preau.clock import Clock, paris_day
from preau.errors import Place, SetAside
from preau.outlets.nrps import Group, Person
from preau.store import outgoing, project_directories, projects
from preau.store.outgoing import Row
from preau.store.projects import Project
from preau.store.rights import rights_of

RECORDS = ("group", "membership", "roster", "person")


class MembershipsDesk:
    """Reads; every call is one short transaction."""

    def __init__(
        self, engine: sa.Engine, recipient: Callable[[str], Recipient | None], clock: Clock
    ) -> None:
        self._engine = engine
        self._recipient = recipient
        self._clock = clock

    def read(self, instance: str, group: str) -> Group:
        """See `preau.web.outside_needs.Memberships`."""
        recipient = self._recipient(instance)
        if recipient is None or PSEUDONYM not in recipient.members:
            raise _unknown()
        with self._engine.connect() as connection:
            for id_ in project_directories.with_groups(connection, [group]):
                project = projects.get(connection, id_)
                found = None if project is None else self._seen(connection, project, instance)
                if found is not None:
                    return found
        raise _unknown()

    def _seen(self, connection: sa.Connection, project: Project, instance: str) -> Group | None:
        rights = rights_of(connection, project, paris_day(self._clock.now_ms()))
        live = {
            uai
            for uai, name in rights.places
            if name == instance and rights.goes(uai, name, "membership")
        }
        if not live:
            return None
        check_cuts(connection, project, RECORDS, reader=instance)
        rows = [
            each
            for each in outgoing.of_people(connection, project.id)
            if each.destination == instance
        ]
        named = (each.body.get("name") for each in rows if each.operation == "GROUP_PUT")
        title = str(next(named, None) or "")
        return Group(project.group, title, tuple(_people(rows, live)))


def _people(rows: list[Row], live: set[str]) -> Iterator[Person]:
    """One member for each pseudonym, with the roles of every school that brings them in."""
    roles: dict[str, set[str]] = {}
    for row in rows:
        school = (*row.entity.split(":"), "", "")[2]  # member:<group>:<uai>:<pseudonym>
        if row.operation == "MEMBER_PUT" and school in live and "local_id" in row.body:
            said = roles.setdefault(str(row.body["local_id"]), set())
            said |= {str(row.body["role"])} if row.body.get("role") else set()
    for pseudonym, each in roles.items():
        yield Person(pseudonym, frozenset(each))


def _unknown() -> SetAside:
    fix = "ask for a group in which a live mandate lets you see members"
    return SetAside("GROUP_UNKNOWN", "no such group", where=Place(field="group"), fix=fix)
