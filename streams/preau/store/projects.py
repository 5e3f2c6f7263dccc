"""Projects as the control plane keeps them: who takes part, what each establishment decided.

Times in milliseconds since 1970, days as 2026-10-12. Functions work inside the caller's
transaction; only the web side writes here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks

DRAFT, OPEN, CLOSED = "DRAFT", "OPEN", "CLOSED"
AUTHORISED = "AUTHORISED"


class Place(NamedTuple):
    """One establishment of a project; `groups` are its classes, `<instance>/<source id>`."""

    uai: str
    instance: str
    decision: str
    by: str
    at: int | None
    groups: tuple[str, ...]


class Project(NamedTuple):
    """One project; `group` is the id of its group, `event_id` that of its last record."""

    id: str
    group: str
    title: str
    purpose: str
    starts: str
    ends: str
    state: str
    version: int
    event_id: str
    created_at: int
    places: tuple[Place, ...]

    def destinations(self) -> list[str]:
        """The instances that may receive: those of an establishment that authorised."""
        return sorted({p.instance for p in self.places if p.decision == AUTHORISED})


class Alias(NamedTuple):
    """The id under which one ENT knows a project's group: `group_key` is `<instance>/<its id>`."""

    group_key: str
    project: str


def declare(metadata: sa.MetaData) -> None:
    """Declares the five tables, unless they are declared already."""
    if "project" in metadata.tables:
        return
    sa.Table(
        "project",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("group_id", "title", "purpose")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("starts", "ends", "state")),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("event_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    sa.Table(
        "project_place",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "uai")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("instance", "decision", "by_role")),
        sa.Column("at", sa.BigInteger),
        sa.Column("place", sa.BigInteger, nullable=False),
    )
    sa.Table(
        "project_class",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "uai", "group_key")),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Index("project_class_group", "group_key"),
    )
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


_PROJECT = "id, group_id, title, purpose, starts, ends, state, version, event_id, created_at"
_GET = sa.text(f"select {_PROJECT} from project where id in :named").bindparams(  # noqa: S608 - our own names
    sa.bindparam("named", expanding=True)
)
_ALL = sa.text("select id from project order by created_at desc, id")
_PLACES = sa.text(
    "select project, uai, instance, decision, by_role, at from project_place"
    " where project in :named order by place"
).bindparams(sa.bindparam("named", expanding=True))
_CLASSES = sa.text(
    "select project, uai, group_key from project_class where project in :named order by place"
).bindparams(sa.bindparam("named", expanding=True))
_PUT = sa.text(
    f"insert into project ({_PROJECT}) values (:id, :group, :title, :purpose, :starts, :ends,"  # noqa: S608
    " :state, :version, :event_id, :created_at) on conflict (id) do update set"
    " title = excluded.title, state = excluded.state, version = excluded.version,"
    " event_id = excluded.event_id"
)
_PUT_PLACE = sa.text(
    "insert into project_place values (:project, :uai, :instance, :decision, :by, :at, :place)"
    " on conflict (project, uai) do update set decision = excluded.decision,"
    " by_role = excluded.by_role, at = excluded.at"
)
_PUT_CLASS = sa.text(
    "insert into project_class values (:project, :uai, :group_key, :place) on conflict do nothing"
)
_WITH_CLASS = sa.text(
    "select distinct project from project_class where group_key in :named"
).bindparams(sa.bindparam("named", expanding=True))
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
_DECISION = sa.text(
    "select p.state, p.ends, x.decision from project p left join project_place x"
    " on x.project = p.id and x.instance = :instance where p.id = :project"
)


def get(connection: sa.Connection, project: str) -> Project | None:
    """One project, None when unknown."""
    return next(iter(several(connection, [project])), None)


def several(connection: sa.Connection, named: Collection[str]) -> list[Project]:
    """These projects, those unknown left out."""
    found: list[Project] = []
    for chunk in chunks(sorted(named)):
        places = _places(connection, chunk)
        rows = connection.execute(_GET, {"named": chunk})
        found += [_project(row, places.get(row[0], ())) for row in rows]
    return found


def all_ids(connection: sa.Connection) -> list[str]:
    """Every project, the youngest first."""
    return list(connection.execute(_ALL).scalars())


def put(connection: sa.Connection, project: Project) -> None:
    """Writes a project and its places as they are now."""
    connection.execute(_PUT, {n: v for n, v in project._asdict().items() if n != "places"})
    for number, place in enumerate(project.places):
        said = {**place._asdict(), "project": project.id, "place": number}
        classes = said.pop("groups")
        connection.execute(_PUT_PLACE, said)
        for order, key in enumerate(classes):
            row = {"project": project.id, "uai": place.uai, "group_key": key, "place": order}
            connection.execute(_PUT_CLASS, row)


def with_classes(connection: sa.Connection, groups: Iterable[str]) -> set[str]:
    """The projects in which one of these classes takes part."""
    return {
        project
        for chunk in chunks(groups)
        for project in connection.execute(_WITH_CLASS, {"named": chunk}).scalars()
    }


def aliases(connection: sa.Connection, groups: Iterable[str]) -> dict[str, str]:
    """Group key in an ENT → project, for those that are a project's group."""
    return {
        key: project
        for chunk in chunks(groups)
        for key, project in connection.execute(_ALIASES, {"named": chunk})
    }


def aliases_of(connection: sa.Connection, project: str) -> list[str]:
    """The keys under which ENTs know a project's group."""
    return sorted(connection.execute(_ALIASES_OF, {"project": project}).scalars())


def put_aliases(connection: sa.Connection, rows: Collection[Alias]) -> None:
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


class Mandates:
    """Whether an instance may receive for a project, asked at the moment of delivery."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def may_receive(self, project: str, destination: str, operation: str, now_ms: int) -> bool:
        """True while an establishment of that instance authorises it; always for a withdrawal."""
        if operation.endswith("_REMOVE"):
            return True
        said = {"project": project, "instance": destination}
        with self._engine.connect() as connection:
            rows = connection.execute(_DECISION, said).all()
        return any(
            state == OPEN and decision == AUTHORISED and now_ms < _end_of(ends)
            for state, ends, decision in rows
        )


def _places(connection: sa.Connection, named: Collection[str]) -> dict[str, list[Place]]:
    classes: dict[tuple[str, str], list[str]] = {}
    for project, uai, key in connection.execute(_CLASSES, {"named": list(named)}):
        classes.setdefault((project, uai), []).append(key)
    found: dict[str, list[Place]] = {}
    for project, *row in connection.execute(_PLACES, {"named": list(named)}):
        uai, instance, decision, by, at = row
        place = Place(uai, instance, decision, by, at, tuple(classes.get((project, uai), ())))
        found.setdefault(project, []).append(place)
    return found


def _project(row: Sequence[Any], places: Iterable[Place]) -> Project:
    said = dict(zip(Project._fields, row, strict=False))
    return Project(**said, places=tuple(places))


def _end_of(day: str) -> int:
    """The end of a day, UTC, in ms: an hour or two after midnight in Paris."""
    date = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    return int((date + dt.timedelta(days=1)).timestamp() * 1000)
