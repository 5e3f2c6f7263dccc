"""Whether a project is read outside of ENTs while something of it is cut: it waits, as the rest."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from preau.errors import TryAgain
from preau.store import switches
from preau.store.projects import Project
from preau.store.switches import INSTANCE, RECORD, UAI


def check_cuts(
    connection: sa.Connection, project: Project, records: Collection[str], reader: str = ""
) -> None:
    """Raises `TryAgain` (CUT_NOW) while an ENT, a school or a record of it is cut.

    Whoever reads keeps what was read before; an empty answer would take it away there.
    """
    touching = {(RECORD, record) for record in records} | {(INSTANCE, reader)}
    touching |= {(INSTANCE, place.instance) for place in project.places}
    touching |= {(UAI, place.uai) for place in project.places}
    if any((each.kind, each.target) in touching for each in switches.cuts(connection)):
        fix = "ask again later: nothing is lost, and nothing was withdrawn"
        raise TryAgain("CUT_NOW", "the operator has cut this for now", fix=fix)
