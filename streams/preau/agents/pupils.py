"""Who is called a pupil by anybody, in any class: asked where an ENT takes adults only."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from preau.agents.class_lists import enrolled
from preau.store import persons

_PUPIL = "PUPIL"


def pupils_among(connection: sa.Connection, sources: Collection[str]) -> frozenset[str]:
    """Those of these sources that are a pupil somewhere, and the persons that they are."""
    found = {each.member for each in enrolled(connection, sources) if each.role == _PUPIL}
    known = persons.entries(connection, found)
    return frozenset(found | {entry.person for entry in known.values()})
