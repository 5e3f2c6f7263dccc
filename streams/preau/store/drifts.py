"""Where an ENT holds something else than it should, as the last comparison found it.

Key: (destination, entity). `kind` is MISSING, EXTRA or DIFFERENT; `what` is GROUP, CLASS, MEMBER,
SHARE and so on; `within` is the entity of the group that it is in. FOUND is shown and left alone,
HELD waits for a person, REPAIR for the step `projects`, TOLD for the ENT's answer to whatever is
newer than `version`; then REPAIRED or FAILED. Something that the hub never put there has the entity
`foreign:<record>:<group>:<keyed digest>`. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

MISSING, EXTRA, DIFFERENT = "MISSING", "EXTRA", "DIFFERENT"
FOUND, HELD, REPAIR, TOLD = "FOUND", "HELD", "REPAIR", "TOLD"
REPAIRED, FAILED = "REPAIRED", "FAILED"
FOREIGN = "foreign:"


class Drift(NamedTuple):
    """One row; `found_at` is when it was found first, `at` when its state changed (ms)."""

    destination: str
    entity: str
    project: str
    within: str
    kind: str
    what: str
    state: str = FOUND
    version: int = 0
    times: int = 0
    found_at: int = 0
    at: int = 0

    @property
    def foreign(self) -> bool:
        """Whether the hub never put it there."""
        return self.entity.startswith(FOREIGN)


class Answer(NamedTuple):
    """What an ENT said for good of one version of an entity; `removes`: of a withdrawal."""

    destination: str
    entity: str
    version: int
    removes: bool
    applied: bool


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "drift" in metadata.tables:
        return
    texts = ("project", "within", "kind", "what", "state")
    sa.Table(
        "drift",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity")),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version", "times")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("found_at", "at")),
        sa.Index("drift_project", "project"),
        sa.Index("drift_moving", "state", sqlite_where=_MOVES, postgresql_where=_MOVES),
    )


_MOVES = sa.text("state in ('REPAIR', 'TOLD')")
_NAMES = ", ".join(Drift._fields)
_PLACE = "destination = :destination and entity = :entity"
REPAIRING = (
    "exists (select 1 from drift x where x.destination = d.destination and x.entity = d.entity"
    " and x.state = 'TOLD' and x.version < d.version"
    " and (x.kind = 'EXTRA') = (d.operation like '%!_REMOVE' escape '!'))"
)
"""Of a row `d` of the outbox: whether it repairs something."""
_PUT = sa.text(
    f"insert into drift ({_NAMES}) values ({', '.join(':' + n for n in Drift._fields)})"  # noqa: S608 - our own column names
    " on conflict (destination, entity) do update set "
    + ", ".join(f"{n} = excluded.{n}" for n in Drift._fields[2:])
)
_OF = sa.text(f"select {_NAMES} from drift where destination = :destination order by entity")  # noqa: S608
_OF_PROJECT = sa.text(
    f"select {_NAMES} from drift where project = :project order by destination, entity"  # noqa: S608
)
_DROP = sa.text(f"delete from drift where {_PLACE}")  # noqa: S608 - our own words
_IN_STATE = sa.text(f"select {_NAMES} from drift where state = :state order by entity")  # noqa: S608
_ANY = sa.text("select 1 from drift where state = :state limit 1")
_TELL = sa.text(
    "update drift set state = 'TOLD', at = :now, times = times + 1, version = coalesce((select"  # noqa: S608 - our own words
    " o.version from outgoing o where o.destination = drift.destination and o.entity ="
    f" drift.entity), 0) where {_PLACE}"
)
_FORGET_IDS = sa.text(f"delete from native_id where {_PLACE}")  # noqa: S608 - the same
_ANSWER = sa.text(
    f"update drift set state = :state, at = :now where {_PLACE}"  # noqa: S608 - the same
    " and state = 'TOLD' and version < :version and (kind = 'EXTRA') = :removes"
)
_COUNT = sa.text("select kind, state, count(*) as n from drift group by kind, state")


def of(connection: sa.Connection, destination: str) -> list[Drift]:
    """What is known of one ENT."""
    return _read(connection.execute(_OF, {"destination": destination}))


def of_project(connection: sa.Connection, project: str) -> list[Drift]:
    """What is known of one project, by ENT."""
    return _read(connection.execute(_OF_PROJECT, {"project": project}))


def put(connection: sa.Connection, rows: Iterable[Drift]) -> None:
    """Writes rows as they are now."""
    if told := [row._asdict() for row in rows]:
        connection.execute(_PUT, told)


def drop(connection: sa.Connection, rows: Iterable[Drift]) -> None:
    """These are no drift any more."""
    if places := [_place(row) for row in rows]:
        connection.execute(_DROP, places)


def waits(connection: sa.Connection) -> bool:
    """Whether one is to be repaired."""
    return connection.execute(_ANY, {"state": REPAIR}).first() is not None


def take(connection: sa.Connection, now_ms: int) -> list[Drift]:
    """Those to be repaired; the caller tells them in this transaction."""
    found = _read(connection.execute(_IN_STATE, {"state": REPAIR}))
    if found:
        connection.execute(_TELL, [{**_place(row), "now": now_ms} for row in found])
    return found


def forget_ids(connection: sa.Connection, rows: Iterable[Drift]) -> None:
    """Forgets what their ENT called them: it does not know them under that any more."""
    if places := [_place(row) for row in rows]:
        connection.execute(_FORGET_IDS, places)


def answered(connection: sa.Connection, answers: Collection[Answer], now_ms: int) -> None:
    """What was told again is repaired, or was refused."""
    if not answers or connection.execute(_ANY, {"state": TOLD}).first() is None:
        return
    rows = [
        {**each._asdict(), "state": REPAIRED if each.applied else FAILED, "now": now_ms}
        for each in answers
    ]
    connection.execute(_ANSWER, rows)


def counts(connection: sa.Connection) -> Mapping[tuple[str, str], int]:
    """(kind, state) → how many."""
    return {(row.kind, row.state): int(row.n) for row in connection.execute(_COUNT)}


def _place(row: Drift) -> dict[str, str]:
    return {"destination": row.destination, "entity": row.entity}


def _read(rows: Iterable[Any]) -> list[Drift]:
    return [Drift(*row) for row in rows]
