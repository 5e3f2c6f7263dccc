"""Projects as the control plane keeps them: who takes part, what each establishment decided.

Times in milliseconds since 1970, days as 2026-10-12. Functions work inside the caller's
transaction; only the projects desk writes here, and leaves a turn (`preau.store.taking_part`) for
the step. A sub-group of a project is a project with a `parent`: it has a group and members of its
own, and its parent's state, days, purpose and decisions.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from preau.store import project_directories, project_moves
from preau.store.persons import chunks
from preau.store.project_moves import Former

DRAFT, OPEN, CLOSED = "DRAFT", "OPEN", "CLOSED"
AUTHORISED, REFUSED, WITHDRAWN = "AUTHORISED", "REFUSED", "WITHDRAWN"


class Pick(NamedTuple):
    """One member picked by a person: `source` is `<instance>/<its id>`, `role` as in membership."""

    source: str
    role: str


class Place(NamedTuple):
    """One establishment of a project; `groups` are its classes, `<instance>/<source id>`.

    `until` is its last day in the project when it leaves before the end, empty when it stays.
    `directories` are the instances of directory services that its people are to be in as well,
    `former` the ENTs that it took part from before `instance`.
    """

    uai: str
    instance: str
    decision: str
    by: str
    at: int | None
    groups: tuple[str, ...]
    picks: tuple[Pick, ...] = ()
    until: str = ""
    directories: tuple[str, ...] = ()
    former: tuple[Former, ...] = ()

    def left(self, day: str) -> bool:
        """Whether its part is over on this day (2026-10-12)."""
        return bool(self.until) and self.until < day


class Project(NamedTuple):
    """One project; `group` is the id of its group, `event_id` that of its last record.

    `purpose` is one of `preau.canon.purposes`; `convention` the reference of a written one, if any,
    with who signed it and when.
    """

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
    description: str = ""
    convention: str = ""
    convention_by: str = ""
    convention_on: str = ""
    parent: str = ""

    @property
    def root(self) -> str:
        """The project whose decisions and mandates count."""
        return self.parent or self.id


def declare(metadata: sa.MetaData) -> None:
    """Declares the eight tables, unless they are declared already."""
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
    _declare_terms(metadata)
    project_directories.declare(metadata)
    project_moves.declare(metadata)


def _declare_terms(metadata: sa.MetaData) -> None:
    """What was agreed besides decisions: in words, whom a person picked, until when."""
    sa.Table(
        "project_terms",
        metadata,
        sa.Column("project", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TERMS),
        sa.Index("project_terms_parent", "parent"),
    )
    sa.Table(
        "project_pick",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "uai", "source")),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("place", sa.BigInteger, nullable=False),
        sa.Index("project_pick_source", "source"),
    )
    sa.Table(
        "project_leaving",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("project", "uai")),
        sa.Column("until", sa.Text, nullable=False),
    )


_TERMS = ("description", "convention", "convention_by", "convention_on", "parent")
_NO_TERMS = {"purpose": ""}
"""A project whose terms are lost is for nothing: whose sub-group it is, is lost with them."""
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
_PICKS = sa.text(
    "select project, uai, source, role from project_pick where project in :named order by place"
).bindparams(sa.bindparam("named", expanding=True))
_LEAVINGS = sa.text(
    "select project, uai, until from project_leaving where project in :named"
).bindparams(sa.bindparam("named", expanding=True))
_TERMS_OF = sa.text(
    f"select project, {', '.join(_TERMS)} from project_terms where project in :named"  # noqa: S608
).bindparams(sa.bindparam("named", expanding=True))
_PUT = sa.text(
    f"insert into project ({_PROJECT}) values (:id, :group, :title, :purpose, :starts, :ends,"  # noqa: S608
    " :state, :version, :event_id, :created_at) on conflict (id) do update set"
    " title = excluded.title, state = excluded.state, version = excluded.version,"
    " event_id = excluded.event_id, ends = excluded.ends"
)
_PUT_TERMS = sa.text(
    f"insert into project_terms values (:id, {', '.join(':' + n for n in _TERMS)})"  # noqa: S608
    " on conflict (project) do update set " + ", ".join(f"{n} = excluded.{n}" for n in _TERMS)
)
_PUT_PLACE = sa.text(
    "insert into project_place values (:project, :uai, :instance, :decision, :by, :at, :place)"
    " on conflict (project, uai) do update set instance = excluded.instance,"
    " decision = excluded.decision, by_role = excluded.by_role, at = excluded.at"
)
_PUT_CLASS = sa.text("insert into project_class values (:project, :uai, :group_key, :place)")
_PUT_PICK = sa.text(
    "insert into project_pick values (:project, :uai, :source, :role, :place)"
    " on conflict (project, uai, source) do update set role = excluded.role"
)
_DROP_CLASSES = sa.text("delete from project_class where project = :project and uai = :uai")
_DROP_PICKS = sa.text("delete from project_pick where project = :project and uai = :uai")
_PUT_LEAVING = sa.text(
    "insert into project_leaving values (:project, :uai, :until)"
    " on conflict (project, uai) do update set until = excluded.until"
)


def get(connection: sa.Connection, project: str) -> Project | None:
    """One project, None when unknown."""
    return next(iter(several(connection, [project])), None)


def several(connection: sa.Connection, named: Collection[str]) -> list[Project]:
    """These projects, those unknown left out; sub-groups with what they have from their parents."""
    found = _alone(connection, named)
    parents = {each.id: each for each in _alone(connection, {p.parent for p in found if p.parent})}
    return [_branch(each, parents.get(each.parent)) if each.parent else each for each in found]


def all_ids(connection: sa.Connection) -> list[str]:
    """Every project, the youngest first."""
    return list(connection.execute(_ALL).scalars())


def put(connection: sa.Connection, project: Project) -> None:
    """Writes a project and its places as they are now."""
    said = project._asdict()
    connection.execute(_PUT, {n: v for n, v in said.items() if n not in ("places", *_TERMS)})
    connection.execute(_PUT_TERMS, {n: said[n] for n in ("id", *_TERMS)})
    for number, place in enumerate(project.places):
        _put_place(connection, project.id, place, number)


def _put_place(connection: sa.Connection, project: str, place: Place, number: int) -> None:
    where = {"project": project, "uai": place.uai}
    said = {**where, "instance": place.instance, "decision": place.decision, "by": place.by}
    connection.execute(_PUT_PLACE, {**said, "at": place.at, "place": number})
    classes = [{**where, "group_key": key, "place": n} for n, key in enumerate(place.groups)]
    picks = [{**where, **each._asdict(), "place": n} for n, each in enumerate(place.picks)]
    connection.execute(_DROP_CLASSES, where)
    connection.execute(_DROP_PICKS, where)
    for statement, rows in ((_PUT_CLASS, classes), (_PUT_PICK, picks)):
        if rows:
            connection.execute(statement, rows)
    if place.until:
        connection.execute(_PUT_LEAVING, {**where, "until": place.until})
    project_directories.put(connection, (project, place.uai), place.directories)
    project_moves.put(connection, (project, place.uai), place.former)


def _alone(connection: sa.Connection, named: Collection[str]) -> list[Project]:
    found: list[Project] = []
    for chunk in chunks(sorted(named)):
        places = _places(connection, chunk)
        terms = {row[0]: row[1:] for row in connection.execute(_TERMS_OF, {"named": chunk})}
        for row in connection.execute(_GET, {"named": chunk}):
            said = dict(zip(Project._fields, row, strict=False))
            said |= dict(zip(_TERMS, terms[row[0]], strict=True)) if row[0] in terms else _NO_TERMS
            found.append(Project(**said, places=tuple(places.get(row[0], ()))))
    return found


def _branch(own: Project, parent: Project | None) -> Project:
    """A sub-group with its parent's state, days, purpose and decisions; without one for nothing."""
    if parent is None:
        return own._replace(purpose="", places=())
    decided = {place.uai: place for place in parent.places}
    places = tuple(
        place._replace(
            decision=decided[place.uai].decision,
            by=decided[place.uai].by,
            at=decided[place.uai].at,
            until=decided[place.uai].until,
            directories=decided[place.uai].directories,
            former=decided[place.uai].former,
        )
        for place in own.places
        if place.uai in decided
    )
    return own._replace(
        purpose=parent.purpose,
        starts=parent.starts,
        ends=parent.ends,
        state=parent.state,
        places=places,
    )


def _places(connection: sa.Connection, named: Collection[str]) -> dict[str, list[Place]]:
    classes: dict[tuple[str, str], list[str]] = {}
    picks: dict[tuple[str, str], list[Pick]] = {}
    said = {"named": list(named)}
    for project, uai, key in connection.execute(_CLASSES, said):
        classes.setdefault((project, uai), []).append(key)
    for project, uai, source, role in connection.execute(_PICKS, said):
        picks.setdefault((project, uai), []).append(Pick(source, role))
    until = {(project, uai): day for project, uai, day in connection.execute(_LEAVINGS, said)}
    beside = project_directories.of(connection, named)
    former = project_moves.of(connection, named)
    found: dict[str, list[Place]] = {}
    for project, uai, instance, decision, by, when in connection.execute(_PLACES, said):
        at = (project, uai)
        own = (tuple(classes.get(at, ())), tuple(picks.get(at, ())), until.get(at, ""))
        beyond = beside.get(at, ()), former.get(at, ())
        place = Place(uai, instance, decision, by, when, *own, *beyond)
        found.setdefault(project, []).append(place)
    return found
