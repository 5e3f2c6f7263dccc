"""Which projects something takes part in, and which wait to be looked at again.

Whoever changes a project, a mandate or a sector leaves a turn in the same transaction; the step
`projects` takes the turns within a second, whether Kafka tells it or not. Functions work inside the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from preau.store.persons import chunks


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "project_turn" in metadata.tables:
        return
    sa.Table("project_turn", metadata, sa.Column("project", sa.Text, primary_key=True))
    sa.Table(
        "project_transmitted",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "uai")),
        sa.Column("until", sa.Text, nullable=False),
    )


_WITH_PICKS = sa.text(
    "select distinct project from project_pick where source in :named"
).bindparams(sa.bindparam("named", expanding=True))
_BRANCHES = sa.text("select project from project_terms where parent in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_WITH_INSTANCE = sa.text(
    "select project from project_place where instance = :instance union"
    " select project from project_directory where instance = :instance union"
    " select project from project_move where instance = :instance union"
    " select project from project_class where group_key like :mine escape '!' union"
    " select project from project_pick where source like :mine escape '!'"
)
_EDGES = sa.text(
    "select id from project where (starts > :after and starts <= :day)"
    " or (ends >= :after and ends < :day) union"
    " select project from project_leaving where until >= :after and until < :day"
)
_WITH_CLASS = sa.text(
    "select distinct project from project_class where group_key in :named"
).bindparams(sa.bindparam("named", expanding=True))
_TRANSMIT = sa.text(
    "insert into project_transmitted values (:project, :uai, :until)"
    " on conflict (project, uai) do update set until = excluded.until"
)
_TRANSMITTED = sa.text(
    "select until from project_transmitted where project = :project and uai = :uai"
)
_AT = sa.text("select project from project_place where uai = :uai")
_TURN = sa.text("insert into project_turn values (:project) on conflict do nothing")
_WAITS = sa.text("select 1 from project_turn limit 1")
_TAKE = sa.text("delete from project_turn returning project")


def put_transmitted(connection: sa.Connection, project: str, uai: str, until: str) -> None:
    """A director has transmitted the renewal of a project until this day."""
    connection.execute(_TRANSMIT, {"project": project, "uai": uai, "until": until})


def transmitted(connection: sa.Connection, project: str, uai: str) -> str:
    """Until which day a director transmitted a renewal last; empty for never."""
    found = connection.execute(_TRANSMITTED, {"project": project, "uai": uai}).scalar()
    return str(found or "")


def leave_turns(connection: sa.Connection, projects: Collection[str]) -> None:
    """These, and their sub-groups, are to be looked at again."""
    named = {*projects, *branches(connection, projects)}
    if named:
        connection.execute(_TURN, [{"project": each} for each in sorted(named)])


def turn_waits(connection: sa.Connection) -> bool:
    """Whether some project is to be looked at again."""
    return connection.execute(_WAITS).scalar() is not None


def take_turns(connection: sa.Connection) -> set[str]:
    """The projects to look at; what changes after this leaves a new turn."""
    return set(connection.execute(_TAKE).scalars())


def with_classes(connection: sa.Connection, groups: Iterable[str]) -> set[str]:
    """The projects in which one of these classes takes part."""
    return _found(connection, _WITH_CLASS, groups)


def with_picks(connection: sa.Connection, sources: Iterable[str]) -> set[str]:
    """The projects in which one of these was picked."""
    return _found(connection, _WITH_PICKS, sources)


def with_place(connection: sa.Connection, uai: str) -> set[str]:
    """The projects in which this establishment has a place; their sub-groups are not named."""
    return {str(project) for (project,) in connection.execute(_AT, {"uai": uai})}


def branches(connection: sa.Connection, parents: Iterable[str]) -> set[str]:
    """The sub-groups of these projects."""
    return _found(connection, _BRANCHES, parents)


def with_instance(connection: sa.Connection, instance: str) -> set[str]:
    """The projects in which this instance takes part, or to which it says who is a member."""
    plain = instance.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    said = {"instance": instance, "mine": f"{plain}/%"}
    return set(connection.execute(_WITH_INSTANCE, said).scalars())


def with_edges(connection: sa.Connection, after: str, day: str) -> set[str]:
    """The projects in which something begins or ends between these days."""
    return set(connection.execute(_EDGES, {"after": after, "day": day}).scalars())


def _found(connection: sa.Connection, statement: sa.TextClause, named: Iterable[str]) -> set[str]:
    return {
        project
        for chunk in chunks(named)
        for project in connection.execute(statement, {"named": chunk}).scalars()
    }
