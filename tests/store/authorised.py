"""A project whose decisions have given what they give: its mandates, and its directories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from preau.store import mandates, projects
from preau.store.granting import granted
from preau.store.mandates import standing
from preau.store.projects import AUTHORISED, Project

NOW = 1_791_793_800_000
Needs = Mapping[str, Sequence[str]]


def put_authorised(connection: sa.Connection, project: Project, needs: Mapping[str, Needs]) -> None:
    """Writes it as the desk does; Kafka has heard of its mandates. `needs` are by instance."""
    projects.put(connection, project)
    speakers = {key.partition("/")[0] for place in project.places for key in place.groups}
    given = [standing(name, NOW) for name in sorted(speakers | {*needs})]
    for place in project.places:
        if place.decision == AUTHORISED and place.instance in needs:
            given += granted(project, place, needs[place.instance], NOW)
    mandates.grant(connection, given)
    mandates.mark_sent(connection, given)
