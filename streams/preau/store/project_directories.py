"""Directory services beside the ENTs of a project: which establishment's people are in which.

A directory service (GAR, OneRoster) is no ENT: an establishment takes part from its ENT and may say
"and this directory too". Nothing goes there without a mandate of that establishment for it.
Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from preau.store.persons import chunks

Seat = tuple[str, str]
"""A project and the UAI of one of its establishments."""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "project_directory" in metadata.tables:
        return
    sa.Table(
        "project_directory",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "uai", "instance")),
        sa.Index("project_directory_instance", "instance"),
    )


_PUT = sa.text(
    "insert into project_directory values (:project, :uai, :instance) on conflict do nothing"
)
_OF = sa.text(
    "select project, uai, instance from project_directory where project in :named"
    " order by project, uai, instance"
).bindparams(sa.bindparam("named", expanding=True))
_ENTS = sa.text("select distinct uai, instance from project_place where uai in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_WITH_GROUPS = sa.text("select id from project where group_id in :named").bindparams(
    sa.bindparam("named", expanding=True)
)


def put(connection: sa.Connection, seat: Seat, instances: Collection[str]) -> None:
    """This establishment's people are to be in these as well; none is ever taken off the list."""
    project, uai = seat
    if rows := [{"project": project, "uai": uai, "instance": each} for each in instances]:
        connection.execute(_PUT, rows)


def of(connection: sa.Connection, projects: Collection[str]) -> dict[Seat, tuple[str, ...]]:
    """By project and establishment, the directories in which its people are to be."""
    found: dict[Seat, tuple[str, ...]] = {}
    for chunk in chunks(sorted(projects)):
        for project, uai, instance in connection.execute(_OF, {"named": chunk}):
            found[project, uai] = (*found.get((project, uai), ()), instance)
    return found


def with_groups(connection: sa.Connection, groups: Collection[str]) -> list[str]:
    """The projects whose groups these are."""
    return [
        project
        for chunk in chunks(sorted(groups))
        for project in connection.execute(_WITH_GROUPS, {"named": chunk}).scalars()
    ]


def ents(connection: sa.Connection, uais: Collection[str]) -> dict[str, set[str]]:
    """UAI → the ENTs from which that establishment takes part in projects."""
    found: dict[str, set[str]] = {}
    for chunk in chunks(sorted(uais)):
        for uai, instance in connection.execute(_ENTS, {"named": chunk}):
            found.setdefault(uai, set()).add(instance)
    return found
