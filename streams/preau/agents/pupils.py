"""Who is called a pupil by anybody, in any class: asked where an ENT takes adults only."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from preau.store import persons, said
from preau.store.said import MEMBER

_PUPIL = "PUPIL"


def pupils_among(connection: sa.Connection, sources: Collection[str]) -> frozenset[str]:
    """Those of these sources that are a pupil somewhere, and the persons that they are."""
    found = set(_called_pupils(connection, sources))
    known = persons.entries(connection, found)
    return frozenset(found | {entry.person for entry in known.values()})


def _called_pupils(connection: sa.Connection, sources: Collection[str]) -> Iterator[str]:
    for state in said.pointing(connection, "membership", MEMBER, sources):
        if state.fields["role"] == _PUPIL:
            yield state.fields["member"]
    for state in said.pointing(connection, "roster", MEMBER, sources):
        for each in state.fields["members"]:
            if each["role"] == _PUPIL and each["member"] in sources:
                yield each["member"]
