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


_LINES = (
    "select g.project, g.destination, g.entity, g.version, g.operation, g.cause, g.occurred_at,"
    " coalesce(r.outcome, ''), coalesce(r.reason, ''), coalesce(r.at, 0), coalesce(d.attempts, 0)"
    " from outgoing g left join receipt r on r.destination = g.destination"
    " and r.entity = g.entity and r.version = g.version left join delivery d"
    " on d.destination = g.destination and d.entity = g.entity and d.version = g.version"
    " where g.operation not like 'MEMBER_WAIT%'"
    " and (g.answered = false or r.version is not null)"  # else it may not leave at all
)
_ASKED = sa.text(
    f"{_LINES} and (:project = '' or g.project = :project)"  # noqa: S608 - our own names
    " and (:event = '' or g.cause = :event or r.delivery = :event or d.event_id = :event)"
    " and (:uai = '' or exists (select 1 from project_place x where x.project = g.project"
    "  and x.uai = :uai and x.instance = g.destination))"
    " order by g.seq limit :limit"
)
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
    return list(_read(connection.execute(_ASKED, {**asked._asdict(), "limit": limit})))


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
