"""What every act on a project stands on: the project as it is, who takes part, what is written.

An act writes the store, its entry in the audit chain and a turn for the step `projects`, in one
transaction; what it gives back is the record to publish.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from preau.app.directory_seats import check_directories
from preau.app.eligibility import DegreeOf
from preau.app.invitations import Silent, invite, never
from preau.app.project_record import record, told_as
from preau.app.project_view import RecipientOf
from preau.broker.records import Output
from preau.clock import Clock
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import audit, instances, projects, taking_part
from preau.store.audit import Act
from preau.store.granting import Needs
from preau.store.projects import CLOSED, Place, Project
from preau.web.project_needs import Invited


class ProjectActs:
    """The floor of the desks that act on projects; each act is a method of theirs."""

    def __init__(
        self,
        engine: sa.Engine,
        degree_of: DegreeOf,
        clock: Clock,
        recipient: RecipientOf = lambda _instance: None,
        silent: Silent = never,
    ) -> None:
        self._engine = engine
        self._degree_of = degree_of
        self._clock = clock
        self._recipient = recipient
        self._silent = silent

    def _invite(
        self,
        connection: sa.Connection,
        invited: Invited,
        purpose: str,
        *,
        levels: Collection[str] = (),
        nobody: bool = False,
    ) -> Place:
        if instances.is_disabled(connection, invited.instance):
            what, fix = "this instance is disabled", "declare it again: preau instance add"
            raise SetAside("INSTANCE_UNKNOWN", what, where=At(field="instance"), fix=fix)
        check_directories(invited.directories, purpose, self._recipient)
        said = (self._degree_of, levels, self._silent)
        return invite(connection, invited, purpose, *said, nobody=nobody)

    def _found(self, connection: sa.Connection, project: str) -> Project:
        found = projects.get(connection, project)
        if found is None or found.parent:
            fix = "see the list of projects"
            raise SetAside("PROJECT_UNKNOWN", "no such project", where=At(field="id"), fix=fix)
        return found

    def _open(self, connection: sa.Connection, project: str) -> Project:
        found = self._found(connection, project)
        if found.state == CLOSED:
            fix = "create a new one: what was withdrawn does not come back by itself"
            raise SetAside("PROJECT_CLOSED", "this project is closed", where=_ID, fix=fix)
        return found

    def _needs(self, instance: str) -> Needs:
        recipient = self._recipient(instance)
        return {} if recipient is None else recipient.needs

    def _again(self, project: Project) -> list[Output]:
        """What holds already, said once more: the same version, and no entry in the chain."""
        return [record(project, self._clock.now_ms())]

    def _written(self, connection: sa.Connection, project: Project, act: Act) -> list[Output]:
        now = self._clock.now_ms()
        projects.put(connection, project)
        taking_part.leave_turns(connection, {project.id})
        audit.append(connection, act._replace(object=act.object or project.id), now)
        return [record(project, now)]


def next_of(project: Project) -> Project:
    """The same under its next version."""
    version = project.version + 1
    return project._replace(version=version, event_id=told_as(project.id, version))


def place_of(project: Project, uai: str) -> Place:
    """Its establishment of that UAI; raises `SetAside` (NOT_INVITED)."""
    place = next((p for p in project.places if p.uai == uai), None)
    if place is None:
        known = tuple(p.uai for p in project.places)
        where, fix = At(field="uai"), "decide for an establishment of this project"
        what = "this establishment is not in the project"
        raise SetAside("NOT_INVITED", what, where=where, known=known, fix=fix)
    return place


_ID = At(field="id")
