"""What belongs to an establishment that is cut: its classes, and the groups it has in projects.

Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from preau.store import said
from preau.store.enrolments import schools
from preau.store.persons import chunks

_CLASSES = sa.text(
    "select group_key from project_class where uai = :uai and group_key in :named"
).bindparams(sa.bindparam("named", expanding=True))
_ALIASES = sa.text(
    "select a.group_key from project_alias a join project_place z on z.project = a.project"
    " where z.uai = :uai and a.group_key in :named"
    " and a.group_key like z.instance || '/%'"
).bindparams(sa.bindparam("named", expanding=True))


def groups_at(connection: sa.Connection, uai: str, groups: Collection[str]) -> set[str]:
    """Those of these groups that are that school's: its classes, projects' groups in its ENT."""
    known = said.states(connection, "group", groups)
    places = {place for group in known.values() for place in group.fields["establishments"]}
    own = places_at(connection, uai, places)
    found = {
        key for key, group in known.items() if own.intersection(group.fields["establishments"])
    }
    for statement in (_CLASSES, _ALIASES):
        for chunk in chunks(sorted(groups)):
            said_so = {"uai": uai, "named": chunk}
            found |= set(connection.execute(statement, said_so).scalars())
    return found


def places_at(connection: sa.Connection, uai: str, places: Collection[str]) -> set[str]:
    """Those of these places, a UAI or `<instance>/<source id>`, that are that school."""
    return {place for place, school in schools(connection, places).items() if school.uai == uai}


def groups_of_documents(
    connection: sa.Connection, documents: Collection[str]
) -> dict[str, set[str]]:
    """Document → the groups that it is shared with."""
    found: dict[str, set[str]] = {}
    for share in said.pointing(connection, "share", said.RESOURCE, documents):
        found.setdefault(share.fields["resource"], set()).add(share.fields["group"])
    return found
