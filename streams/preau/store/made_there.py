"""Under which ids ENTs know what the hub made there: the groups of projects, and the copies.

Functions work inside the caller's transaction; the step `projects` writes here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks


class Alias(NamedTuple):
    """The id under which one ENT knows a project's group: `group_key` is `<instance>/<its id>`."""

    group_key: str
    project: str


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "project_alias" in metadata.tables:
        return
    sa.Table(
        "project_alias",
        metadata,
        sa.Column("group_key", sa.Text, primary_key=True),
        sa.Column("project", sa.Text, nullable=False),
    )
    sa.Table(
        "own_copy",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key")),
    )


_ALIASES = sa.text(
    "select group_key, project from project_alias where group_key in :named"
).bindparams(sa.bindparam("named", expanding=True))
_ALIASES_OF = sa.text("select group_key from project_alias where project = :project")
_PUT_ALIAS = sa.text(
    "insert into project_alias values (:group_key, :project) on conflict (group_key)"
    " do update set project = excluded.project"
)
_COPIES = sa.text("select key from own_copy where record = :record and key in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_PUT_COPY = sa.text("insert into own_copy values (:record, :key) on conflict do nothing")


def groups(connection: sa.Connection, groups: Iterable[str]) -> dict[str, str]:
    """Group key in an ENT → project, for those that are a project's group."""
    return {
        key: project
        for chunk in chunks(groups)
        for key, project in connection.execute(_ALIASES, {"named": chunk})
    }


def of_project(connection: sa.Connection, project: str) -> list[str]:
    """The keys under which ENTs know a project's group."""
    return sorted(connection.execute(_ALIASES_OF, {"project": project}).scalars())


def put(connection: sa.Connection, rows: Collection[Alias]) -> None:
    """Notes under which ids ENTs know projects' groups."""
    if rows:
        connection.execute(_PUT_ALIAS, [row._asdict() for row in rows])


def copies(connection: sa.Connection, record: str, keys: Iterable[str]) -> set[str]:
    """Those of these resources or homework (`<instance>/<its id>`) that we made there ourselves."""
    return {
        key
        for chunk in chunks(keys)
        for key in connection.execute(_COPIES, {"record": record, "named": chunk}).scalars()
    }


def put_copies(connection: sa.Connection, record: str, keys: Collection[str]) -> None:
    """Notes what we made: what its ENT says of it is our own echo."""
    if keys:
        connection.execute(_PUT_COPY, [{"record": record, "key": key} for key in sorted(keys)])
