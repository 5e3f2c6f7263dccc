"""Which ENTs an establishment of a project had before the one that it has now, and until when.

What one of these gave to the project until then stays; what it says later is only a withdrawal.
Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks

Seat = tuple[str, str]
"""A project and the UAI of one of its establishments."""


class Former(NamedTuple):
    """An instance that an establishment took part from, and when it left it (ms since 1970)."""

    instance: str
    at: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "project_move" in metadata.tables:
        return
    sa.Table(
        "project_move",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "uai", "instance")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Index("project_move_instance", "instance"),
    )


_PUT = sa.text("insert into project_move values (:project, :uai, :instance, :at)")
_DROP = sa.text("delete from project_move where project = :project and uai = :uai")
_OF = sa.text(
    "select project, uai, instance, at from project_move where project in :named"
    " order by project, uai, at, instance"
).bindparams(sa.bindparam("named", expanding=True))


def put(connection: sa.Connection, seat: Seat, former: Collection[Former]) -> None:
    """The ENTs that this establishment had are these, and no others."""
    where = dict(zip(("project", "uai"), seat, strict=True))
    connection.execute(_DROP, where)
    if former:
        connection.execute(_PUT, [where | each._asdict() for each in former])


def of(connection: sa.Connection, projects: Collection[str]) -> dict[Seat, tuple[Former, ...]]:
    """By project and establishment, the ENTs that it had, the first first."""
    found: dict[Seat, tuple[Former, ...]] = {}
    for chunk in chunks(sorted(projects)):
        for project, uai, instance, at in connection.execute(_OF, {"named": chunk}):
            found[project, uai] = (*found.get((project, uai), ()), Former(instance, at))
    return found
