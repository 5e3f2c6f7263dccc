"""Which collège an école's pupils go to: as an operator declared it, else as a source says it.

The écoles of one collège are a sector, which travels as `sector.v1`; with its circonscriptions, and
whether it is a network (écoles éloignées en réseau) and of which name, where that was declared.
Functions work inside
the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.store.enrolments import schools
from preau.store.persons import chunks


class Sector(NamedTuple):
    """One école and the collège of its sector, both by UAI; the circonscription's, if it was said.

    `network`: whether the collège and its écoles are a network; `name` is the network's, if it has
    one.
    """

    ecole: str
    college: str
    circonscription: str = ""
    network: bool = False
    name: str = ""


class Told(NamedTuple):
    """A sector as its record says it: in its `version`, changed at a time in ms since 1970."""

    college: str
    version: int
    at: int
    ecoles: tuple[str, ...]
    circonscriptions: tuple[str, ...]
    network: bool


def declare(metadata: sa.MetaData) -> None:
    """Declares the four tables, unless they are declared already."""
    if "sector_declared" in metadata.tables:
        return
    sa.Table(
        "sector_declared",
        metadata,
        sa.Column("ecole", sa.Text, primary_key=True),
        sa.Column("college", sa.Text, nullable=False, index=True),
    )
    sa.Table(
        "sector_circonscription",
        metadata,
        sa.Column("ecole", sa.Text, primary_key=True),
        sa.Column("circonscription", sa.Text, nullable=False),
    )
    sa.Table(
        "sector_network",
        metadata,
        sa.Column("college", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, index=True),
    )
    sa.Table(
        "sector_told",
        metadata,
        sa.Column("college", sa.Text, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version", "at")),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("network", "sent")),
    )


_PUT = sa.text(
    "insert into sector_declared values (:ecole, :college)"
    " on conflict (ecole) do update set college = excluded.college"
)
_DROP = sa.text("delete from sector_declared where college = :college")
_OF = sa.text("select ecole, college from sector_declared where ecole in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_ALL = sa.text(
    "select d.ecole, d.college, coalesce(c.circonscription, ''), coalesce(t.network, false),"
    " coalesce(n.name, '')"
    " from sector_declared d left join sector_circonscription c on c.ecole = d.ecole"
    " left join sector_told t on t.college = d.college"
    " left join sector_network n on n.college = d.college order by d.college, d.ecole"
)
_UNDER = sa.text(
    "insert into sector_circonscription values (:ecole, :circonscription)"
    " on conflict (ecole) do update set circonscription = excluded.circonscription"
)
_LOOSE = sa.text(
    "delete from sector_circonscription where ecole not in (select ecole from sector_declared)"
)
_NAME = sa.text("insert into sector_network values (:college, :name)")
_UNNAME = sa.text("delete from sector_network where college = :college")
_NOTE = sa.text(
    "insert into sector_told values (:college, 1, :at, :network, false) on conflict (college)"
    " do update set version = sector_told.version + 1, at = excluded.at,"
    " network = excluded.network, sent = false"
)
_WAITS = sa.text("select 1 from sector_told where sent = false limit 1")
_UNSENT = sa.text(
    "select college, version, at, network from sector_told where sent = false order by college"
)
_SENT = sa.text(
    "update sector_told set sent = true where college = :college and version = :version"
)


def put(connection: sa.Connection, college: str, ecoles: Collection[str]) -> None:
    """The écoles of this collège are these; an école has one collège, the last one said."""
    connection.execute(_DROP, {"college": college})
    if ecoles:
        rows = [{"ecole": each, "college": college} for each in sorted(set(ecoles))]
        connection.execute(_PUT, rows)


def write(connection: sa.Connection, college: str, rows: Sequence[Sector], now_ms: int) -> None:
    """The écoles of this collège are these, with what else was said of them; a record is due."""
    put(connection, college, [each.ecole for each in rows])
    under = [
        {"ecole": each.ecole, "circonscription": each.circonscription}
        for each in rows
        if each.circonscription
    ]
    if under:
        connection.execute(_UNDER, under)
    connection.execute(_LOOSE)
    name = next((each.name for each in rows if each.name), "")
    connection.execute(_UNNAME, {"college": college})
    if name:
        connection.execute(_NAME, {"college": college, "name": name})
    network = any(each.network for each in rows)
    connection.execute(_NOTE, {"college": college, "at": now_ms, "network": network})


def record_waits(connection: sa.Connection) -> bool:
    """Whether some sector has changed since Kafka had its record."""
    return connection.execute(_WAITS).scalar() is not None


def unsent(connection: sa.Connection) -> list[Told]:
    """The sectors whose last state Kafka may not have; one without an école is gone."""
    due = connection.execute(_UNSENT).all()
    held = every(connection) if due else []
    found = []
    for college, version, at, network in due:
        mine = [each for each in held if each.college == college]
        under = sorted({each.circonscription for each in mine if each.circonscription})
        ecoles = tuple(each.ecole for each in mine)
        found.append(Told(college, version, at, ecoles, tuple(under), bool(network)))
    return found


def mark_sent(connection: sa.Connection, rows: Iterable[Told]) -> None:
    """Kafka has these, as they were when they were handed over."""
    for each in rows:
        connection.execute(_SENT, {"college": each.college, "version": each.version})


def every(connection: sa.Connection) -> list[Sector]:
    """All that was declared, by collège."""
    return [
        Sector(ecole, college, circonscription, bool(network), name)
        for ecole, college, circonscription, network, name in connection.execute(_ALL)
    ]


def colleges_of(connection: sa.Connection, ecoles: Iterable[str]) -> dict[str, str]:
    """École → its collège, where that is known; what was declared counts more than what is said."""
    named = sorted(set(ecoles))
    said = schools(connection, named)
    found = {uai: said[uai].sector for uai in named if said[uai].sector}
    for chunk in chunks(named):
        rows = connection.execute(_OF, {"named": chunk})
        found |= {str(ecole): str(college) for ecole, college in rows}
    return found
