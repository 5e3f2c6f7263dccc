"""Classes and picked members of an establishment that take part in a project no more.

What they held of the project is withdrawn, with receipts; the establishment's decision stands. A
pupil whose pick is taken back has left the project, and follows nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from preau.app.invitations import full
from preau.app.project_acts import ProjectActs, next_of, place_of
from preau.broker.records import Output
from preau.errors import Place as At
from preau.errors import SetAside
from preau.store import projects, taking_part
from preau.store.audit import OPERATOR, Act
from preau.store.audit_chain import Fact
from preau.store.projects import Place, Project
from preau.web.project_needs import Released


class ProjectReleases(ProjectActs):
    """The one act by which somebody is let go before the project ends."""

    def release(self, project: str, released: Released, by: str = OPERATOR) -> list[Output]:
        """The project without them, its sub-groups too; whom it has not, it has let go already.

        Raises `SetAside` (RELEASE_ALL) when nobody of the establishment would be left.
        """
        with self._engine.begin() as connection:
            found = self._open(connection, project)
            place = place_of(found, released.uai)
            gone = {full(place.instance, each) for each in (*released.classes, *released.members)}
            left = _without(place, gone)
            if left == place:
                return self._again(found)
            if not left.groups and not left.picks:
                what, where = "nobody of this establishment would be left", At(field="classes")
                fix = "say its last day (leaving), or that it decides WITHDRAWN"
                raise SetAside("RELEASE_ALL", what, where=where, fix=fix)
            for branch in self._smaller(connection, found, released.uai, gone):
                projects.put(connection, branch)
            places = tuple(left if each == place else each for each in found.places)
            facts: dict[str, Fact] = {"uai": place.uai, "count": len(_all(place)) - len(_all(left))}
            act = Act(by, "project.released", project, facts)
            return self._written(connection, next_of(found)._replace(places=places), act)

    def _smaller(
        self, connection: sa.Connection, project: Project, uai: str, gone: set[str]
    ) -> Iterator[Project]:
        """Its sub-groups without them."""
        for branch in projects.several(connection, taking_part.branches(connection, [project.id])):
            places = tuple(
                _without(each, gone) if each.uai == uai else each for each in branch.places
            )
            if places != branch.places:
                yield next_of(branch)._replace(places=places)


def _without(place: Place, gone: set[str]) -> Place:
    groups = tuple(each for each in place.groups if each not in gone)
    picks = tuple(each for each in place.picks if each.source not in gone)
    return place._replace(groups=groups, picks=picks)


def _all(place: Place) -> set[str]:
    return {*place.groups, *(pick.source for pick in place.picks)}
