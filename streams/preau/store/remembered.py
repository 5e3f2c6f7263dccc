"""Which pupils were members of a project through an école, so that their rights follow them to 6e.

A row is one account of an école, of one project: since when, and what became of it. The class that
made it a member is emptied in September, the account may be gone; the person behind it goes on.
Known nowhere else: `preau rebuild` leaves it. Times in milliseconds since 1970. Functions work
inside the caller's transaction; the step `projects` writes here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.named import named
from preau.store.persons import chunks


class Remembered(NamedTuple):
    """One member; `source` is the account in the école, `person` the hub's id of who it is or was.

    `uai` is the école, `class_key` the class by which it was a member (empty: picked). `left_at` is
    0 while it is one there. `idle_since` is 0 unless it left and is in no collège: its days are
    counted from then on. `college` is the UAI of the collège where it is a member now, or empty.
    """

    project: str
    source: str
    uai: str
    class_key: str
    person: str
    since: int
    left_at: int = 0
    idle_since: int = 0
    college: str = ""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "project_member" in metadata.tables:
        return
    sa.Table(
        "project_member",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "source")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("uai", "class_key", "person")),
        *(sa.Column(n, sa.BigInteger, nullable=False) for n in ("since", "left_at", "idle_since")),
        sa.Column("college", sa.Text, nullable=False),
        sa.Index("project_member_source", "source"),
        sa.Index("project_member_person", "person"),
    )


_NAMES = ", ".join(Remembered._fields)
_OF = sa.text(f"select {_NAMES} from project_member where project = :project order by source")  # noqa: S608 - our own column names
_ANY = sa.text("select 1 from project_member limit 1")
_BY_SOURCE = named(
    f"select {_NAMES} from project_member where source in :named order by project, source"  # noqa: S608
)
_BY_PERSON = named(
    f"select {_NAMES} from project_member where person in :named order by project, source"  # noqa: S608
)
_AT = named(
    "select distinct m.project from project_member m join project_place p on p.project = m.project"
    " where p.uai in :named"
)
_PUT = sa.text(
    f"insert into project_member ({_NAMES})"  # noqa: S608
    f" values ({', '.join(':' + name for name in Remembered._fields)})"
    " on conflict (project, source) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in Remembered._fields[2:])
)
_DROP = sa.text("delete from project_member where project = :project and source = :source")


def of_project(connection: sa.Connection, project: str) -> dict[str, Remembered]:
    """Source → everybody who is remembered of a project."""
    return {row[1]: _row(row) for row in connection.execute(_OF, {"project": project})}


def any_known(connection: sa.Connection) -> bool:
    """Whether anybody is remembered at all."""
    return connection.execute(_ANY).first() is not None


def of(
    connection: sa.Connection, sources: Collection[str], people: Collection[str]
) -> list[Remembered]:
    """Whatever is remembered of these accounts and of these people, by project and account."""
    found = {
        row[:2]: row
        for ask, wanted in ((_BY_SOURCE, sources), (_BY_PERSON, people))
        for chunk in chunks(sorted(wanted))
        for row in map(_row, connection.execute(ask, {"named": chunk}))
    }
    return [found[place] for place in sorted(found)]


def projects_at(connection: sa.Connection, uais: Collection[str]) -> set[str]:
    """The projects that remember somebody and in which one of these establishments takes part."""
    return {
        project
        for chunk in chunks(sorted(uais))
        for project in connection.execute(_AT, {"named": chunk}).scalars()
    }


def put(connection: sa.Connection, rows: Iterable[Remembered]) -> None:
    """Writes these as they are now."""
    if said := [row._asdict() for row in rows]:
        connection.execute(_PUT, said)


def drop(connection: sa.Connection, rows: Iterable[Remembered]) -> None:
    """Forgets these."""
    if said := [{"project": row.project, "source": row.source} for row in rows]:
        connection.execute(_DROP, said)


def _row(row: Any) -> Remembered:
    project, source, uai, class_key, person, since, left_at, idle_since, college = row
    times = int(since), int(left_at), int(idle_since)
    return Remembered(project, source, uai, class_key, person, *times, college)
