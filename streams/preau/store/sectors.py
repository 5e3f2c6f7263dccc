"""Which collège an école's pupils go to: as an operator declared it, else as a source says it.

Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import sqlalchemy as sa

from preau.store.enrolments import schools
from preau.store.persons import chunks


class Sector(NamedTuple):
    """One école and the collège of its sector, both by UAI."""

    ecole: str
    college: str


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "sector_declared" in metadata.tables:
        return
    sa.Table(
        "sector_declared",
        metadata,
        sa.Column("ecole", sa.Text, primary_key=True),
        sa.Column("college", sa.Text, nullable=False, index=True),
    )


_PUT = sa.text(
    "insert into sector_declared values (:ecole, :college)"
    " on conflict (ecole) do update set college = excluded.college"
)
_DROP = sa.text("delete from sector_declared where college = :college")
_OF = sa.text("select ecole, college from sector_declared where ecole in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_ALL = sa.text("select ecole, college from sector_declared order by college, ecole")


def put(connection: sa.Connection, college: str, ecoles: Collection[str]) -> None:
    """The écoles of this collège are these; an école has one collège, the last one said."""
    connection.execute(_DROP, {"college": college})
    if ecoles:
        rows = [{"ecole": each, "college": college} for each in sorted(set(ecoles))]
        connection.execute(_PUT, rows)


def every(connection: sa.Connection) -> list[Sector]:
    """All that was declared, by collège."""
    return [Sector(*row) for row in connection.execute(_ALL)]


def colleges_of(connection: sa.Connection, ecoles: Iterable[str]) -> dict[str, str]:
    """École → its collège, where that is known; what was declared counts more than what is said."""
    named = sorted(set(ecoles))
    said = schools(connection, named)
    found = {uai: said[uai].sector for uai in named if said[uai].sector}
    for chunk in chunks(named):
        rows = connection.execute(_OF, {"named": chunk})
        found |= {str(ecole): str(college) for ecole, college in rows}
    return found
