"""What each destination is to hold, entity by entity, and which of it Kafka does not have yet.

A row changes only when what is wanted changes; then its version grows and it waits to be sent. It
is marked as sent after Kafka's acknowledgement, so a crash in between sends it again, unchanged.
Functions work inside the caller's transaction; one process works them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks

WAIT = "MEMBER_WAIT"
"""A member that this destination has no account for: kept and shown, never sent."""


class Wanted(NamedTuple):
    """One thing that a destination is to hold; `local` is the member's own id there, if any."""

    destination: str
    entity: str
    project: str
    operation: str
    body: Mapping[str, Any]
    parents: tuple[str, ...] = ()
    cause: str = ""
    local: str = ""


class Row(NamedTuple):
    """One row: what was last wanted; `version` counts its changes, `seq` orders all rows."""

    destination: str
    entity: str
    project: str
    operation: str
    body: Mapping[str, Any]
    parents: tuple[str, ...]
    cause: str
    local: str
    version: int
    occurred_at: int
    seq: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "outgoing" in metadata.tables:
        return
    sa.Table(
        "outgoing",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("project", "operation", "body")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("parents", "cause", "local")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version", "occurred_at")),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Index("outgoing_unsent", "sent", "seq"),
        sa.Index("outgoing_project", "project", "destination"),
        sa.Index("outgoing_local", "destination", "local"),
    )


_NAMES = ", ".join(Row._fields)
_OF_PROJECT = sa.text(f"select {_NAMES} from outgoing where project = :project order by seq")  # noqa: S608 - our own column names
_OF_PEOPLE = sa.text(
    f"select {_NAMES} from outgoing where project = :project"  # noqa: S608
    " and (operation like 'GROUP%' or operation like 'MEMBER%') order by seq"
)
_OF_ENTITIES = sa.text(
    f"select {_NAMES} from outgoing where project = :project and entity in :named"  # noqa: S608
).bindparams(sa.bindparam("named", expanding=True))
_UNSENT = sa.text(f"select {_NAMES} from outgoing where not sent and seq > :after order by seq")  # noqa: S608
_LAST = sa.text("select coalesce(max(seq), 0) from outgoing")
_SENT = sa.text("update outgoing set sent = true where seq <= :seq and not sent")
_PROJECTS_WITH = sa.text(
    "select distinct project from outgoing where destination = :destination and local in :named"
).bindparams(sa.bindparam("named", expanding=True))
_VALUES = ", ".join(f":{name}" for name in Row._fields)
_PUT = sa.text(
    f"insert into outgoing ({_NAMES}, sent) values ({_VALUES}, :sent)"  # noqa: S608
    " on conflict (destination, entity) do update set "
    + ", ".join(f"{n} = excluded.{n}" for n in (*Row._fields[2:], "sent"))
)


def of_project(connection: sa.Connection, project: str) -> list[Row]:
    """Everything ever wanted for a project, in order."""
    return list(_read(connection.execute(_OF_PROJECT, {"project": project})))


def of_people(connection: sa.Connection, project: str) -> list[Row]:
    """What was wanted of a project's group and members."""
    return list(_read(connection.execute(_OF_PEOPLE, {"project": project})))


def of_entities(connection: sa.Connection, project: str, entities: Collection[str]) -> list[Row]:
    """The rows of these entities, whatever their destination."""
    return [
        row
        for chunk in chunks(sorted(entities))
        for row in _read(connection.execute(_OF_ENTITIES, {"project": project, "named": chunk}))
    ]


def projects_with(connection: sa.Connection, destination: str, local: Collection[str]) -> set[str]:
    """The projects in which this destination was told of one of these members."""
    return {
        project
        for chunk in chunks(sorted(local))
        for project in connection.execute(
            _PROJECTS_WITH, {"destination": destination, "named": chunk}
        ).scalars()
    }


def unsent(connection: sa.Connection, after: int) -> list[Row]:
    """What Kafka may not have yet and was not handed to it since `after`, in order."""
    return list(_read(connection.execute(_UNSENT, {"after": after})))


def mark_sent(connection: sa.Connection, seq: int) -> None:
    """Kafka has acknowledged everything up to this one."""
    connection.execute(_SENT, {"seq": seq})


def change(
    connection: sa.Connection,
    held: Iterable[Row],
    wanted: Iterable[Wanted],
    now_ms: int,
    sendable: Callable[[Wanted], bool],
) -> int:
    """Brings `held` to `wanted`; what is held and no longer wanted is withdrawn. Gives how many.

    A withdrawal is the operation's `_REMOVE` twin, with the same body. What is not `sendable` (the
    destination has no such operation) is kept and never sent.
    """
    before = {(row.destination, row.entity): row for row in held}
    after = {(each.destination, each.entity): each for each in wanted}
    changes = [each for place, each in after.items() if _differs(before.get(place), each)]
    changes += [
        _withdrawn(row) for place, row in before.items() if place not in after and _there(row)
    ]
    seq = int(connection.execute(_LAST).scalar_one()) if changes else 0
    rows = [
        {
            **each._asdict(),
            "body": json.dumps(dict(each.body), ensure_ascii=False),
            "parents": json.dumps(each.parents),
            "version": before[each[:2]].version + 1 if each[:2] in before else 1,
            "occurred_at": now_ms,
            "seq": seq + number,
            "sent": each.operation.startswith(WAIT) or not sendable(each),
        }
        for number, each in enumerate(changes, 1)
    ]
    if rows:
        connection.execute(_PUT, rows)
    return len(rows)


def _differs(row: Row | None, wanted: Wanted) -> bool:
    if row is None:
        return True
    return (row.operation, row.body) != (wanted.operation, wanted.body)


def _there(row: Row) -> bool:
    return not row.operation.endswith("_REMOVE")


def _withdrawn(row: Row) -> Wanted:
    kind = row.operation if row.operation == WAIT else row.operation.rpartition("_")[0]
    operation = f"{kind}_REMOVE"
    return Wanted(
        row.destination, row.entity, row.project, operation, row.body, (), row.cause, row.local
    )


def _read(rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    for row in rows:
        yield Row(*row)._replace(body=json.loads(row[4]), parents=tuple(json.loads(row[5])))
