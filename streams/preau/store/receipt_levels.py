"""What every ENT was told and what it answered, on two levels, and what is late.

A line joins what is wanted (`outgoing`), the tries (`delivery`) and the last answer (`receipt`) to
one version of one thing in one ENT. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

ENDED = frozenset({"APPLIED", "REFUSED", "EXPIRED"})


class Line(NamedTuple):
    """One thing that one ENT is told; `outcome` as in `receipt.v1`, empty before the first answer.

    `told_at` is when the hub had it to say, `at` when the answer came (ms since 1970, 0: none);
    `attempts` counts the tries that failed or ended it.
    """

    project: str
    destination: str
    entity: str
    version: int
    operation: str
    cause: str
    told_at: int
    outcome: str
    reason: str
    at: int
    attempts: int

    @property
    def transport(self) -> str:
        """ACCEPTED: the ENT answered; PENDING: tried; WAITING: not yet tried."""
        if self.outcome in ("", "PENDING"):
            return "PENDING" if self.outcome or self.attempts else "WAITING"
        return "PENDING" if self.outcome == "EXPIRED" else "ACCEPTED"

    @property
    def processing(self) -> str:
        """APPLIED, REFUSED or EXPIRED; empty while it is not known."""
        return self.outcome if self.outcome in ENDED else ""


class Late(NamedTuple):
    """A line that passed a deadline: `level` is TRANSPORT or PROCESSING, `since` the deadline."""

    destination: str
    entity: str
    version: int
    level: str
    project: str
    since: int


class Asked(NamedTuple):
    """Which lines; an empty text: whatever."""

    project: str = ""
    uai: str = ""
    event: str = ""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table of what is late, unless it is declared already."""
    if "receipt_late" in metadata.tables:
        return
    key = ("destination", "entity", "level")
    sa.Table(
        "receipt_late",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in key),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("project", sa.Text, nullable=False, index=True),
        sa.Column("since", sa.BigInteger, nullable=False),
    )


_WHICH = (
    "select g.project, g.destination, g.entity, g.version, g.operation, g.cause, g.occurred_at,"
    " coalesce(r.outcome, ''), coalesce(r.reason, ''), coalesce(r.at, 0), coalesce(d.attempts, 0)"
    " from {which} left join receipt r on r.destination = g.destination"
    " and r.entity = g.entity and r.version = g.version left join delivery d"
    " on d.destination = g.destination and d.entity = g.entity and d.version = g.version"
    " where g.operation not like 'MEMBER_WAIT%'"
    " and (g.answered = false or r.version is not null)"  # else it may not leave at all
)
_LINES = _WHICH.format(which="outgoing g")
_OF_EVENT = (  # one look-up for each of the three by which an event is known: none reads a table
    "(select destination, entity, version from outgoing where cause = :event"
    " union select destination, entity, version from receipt where delivery = :event"
    " union select destination, entity, version from delivery where event_id = :event) e"
    " join outgoing g on g.destination = e.destination and g.entity = e.entity"
    " and g.version = e.version"
)
_CONDITIONS = {
    "project": "g.project = :project",
    "uai": "exists (select 1 from project_place x where x.project = g.project"
    " and x.uai = :uai and x.instance = g.destination)",
}
_OPEN = sa.text(
    f"{_LINES} and (g.answered = false or r.outcome in ('PENDING', 'ACCEPTED')) order by g.seq"
)
_LATE = "select destination, entity, version, level, project, since from receipt_late"
_ALL_LATE = sa.text(_LATE)
_PUT = sa.text(
    "insert into receipt_late (destination, entity, version, level, project, since)"
    " values (:destination, :entity, :version, :level, :project, :since) on conflict do nothing"
)
_DROP = sa.text(
    "delete from receipt_late where destination = :destination and entity = :entity"
    " and version = :version and level = :level"
)
_COUNT = sa.text("select level, count(*) from receipt_late group by level")


def lines(connection: sa.Connection, asked: Asked, limit: int) -> list[Line]:
    """The lines asked for, in the order in which they were wanted."""
    said = {name: value for name, value in asked._asdict().items() if value}
    return list(_read(connection.execute(asking(asked), {**said, "limit": limit})))


def asking(asked: Asked) -> sa.TextClause:
    """The statement for these lines; it says nothing of what is not asked for."""
    which = _WHICH.format(which=_OF_EVENT if asked.event else "outgoing g")
    conditions = [said for name, said in _CONDITIONS.items() if getattr(asked, name)]
    return sa.text(" and ".join([which, *conditions]) + " order by g.seq limit :limit")


def open_lines(connection: sa.Connection) -> list[Line]:
    """Every line whose end is not known."""
    return list(_read(connection.execute(_OPEN)))


def late(connection: sa.Connection) -> set[Late]:
    """What was found late and is not over."""
    return {Late(*row) for row in connection.execute(_ALL_LATE)}


def put_late(connection: sa.Connection, rows: Collection[Late]) -> None:
    """These are late."""
    if rows:
        connection.execute(_PUT, [row._asdict() for row in sorted(rows)])


def drop_late(connection: sa.Connection, rows: Collection[Late]) -> None:
    """These are late no longer."""
    if rows:
        connection.execute(_DROP, [row._asdict() for row in sorted(rows)])


def count_late(connection: sa.Connection) -> dict[str, int]:
    """How many are late on each level."""
    return {level: int(count) for level, count in connection.execute(_COUNT)}


def _read(rows: Iterable[Any]) -> Iterator[Line]:
    for row in rows:
        yield Line(*row)
