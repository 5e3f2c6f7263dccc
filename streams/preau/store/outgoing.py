"""What each destination is to hold, entity by entity, and which of it Kafka does not have yet.

A row changes only when what is wanted changes; then its version grows and it waits to be sent. It
is marked as sent after Kafka's acknowledgement, so a crash in between sends it again, unchanged,
and as answered when its ENT has said its last word on it. What was refused is told anew, as a new
version, once its source says it again. A first version is above all that its ENT was told once.
Functions work inside the caller's transaction; one process works them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.named import named
from preau.store.outgoing_table import FLAGS
from preau.store.persons import chunks
from preau.store.version_floors import floors, last_seq

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


MayLeave = Callable[[Wanted], tuple[Wanted, bool]]
"""The same with only what its destination may be told, and whether it is told at all."""


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


_NEW = 0
_NAMES = ", ".join(Row._fields)
_OF_PROJECT = sa.text(f"select {_NAMES} from outgoing where project = :project order by seq")  # noqa: S608 - our own column names
_OF_PEOPLE = sa.text(
    f"select {_NAMES} from outgoing where project = :project"  # noqa: S608
    " and (operation like 'GROUP%' or operation like 'MEMBER%') order by seq"
)
_OF_ENTITIES = named(
    f"select {_NAMES} from outgoing where project = :project and entity in :named"  # noqa: S608
)
_UNSENT = sa.text(
    f"select {_NAMES} from outgoing where sent = false and seq > :after order by seq"  # noqa: S608
)
_UNANSWERED = sa.text(
    f"select {_NAMES} from outgoing where answered = false and project = :project"  # noqa: S608
    " and destination = :destination and operation = :operation"
)
_ANSWER = sa.text(
    "update outgoing set answered = true where destination = :destination and entity = :entity"
    " and version <= :version"
)
_SETTLE = sa.text(  # what is applied is not refused any more: that it was said again is nothing
    "update outgoing set again = false where destination = :destination and entity = :entity"
    " and version = :version"
)
_REFUSE = sa.text(
    "update outgoing set refused = :refused where destination = :destination and entity = :entity"
    " and version = :version"
)
_AGAIN = sa.text(
    "update outgoing set again = true where destination = :destination and entity = :entity"
    " and (refused = true or answered = false)"
)
_DUE_AGAIN = sa.text(
    f"select {_NAMES} from outgoing where again = true and refused = true order by seq"  # noqa: S608
)
_SENT = sa.text("update outgoing set sent = true where seq <= :seq and sent = false")
_PROJECTS_WITH = named(
    "select distinct project from outgoing where destination = :destination and local in :named"
)
_VALUES = ", ".join(f":{name}" for name in Row._fields)
_PUT = sa.text(
    f"insert into outgoing ({_NAMES}, {', '.join(FLAGS)})"  # noqa: S608
    f" values ({_VALUES}, :kept, :kept, false, false)"
    " on conflict (destination, entity) do update set "
    + ", ".join(f"{n} = excluded.{n}" for n in (*Row._fields[2:], *FLAGS) if n != "version")
    + ", version = case when excluded.version > outgoing.version then excluded.version"
    " else outgoing.version + 1 end"  # what another project had: an ENT knows one order only
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


def unanswered(
    connection: sa.Connection, project: str, destination: str, operation: str
) -> list[Row]:
    """What this destination is told, or about to be, without an answer for good so far."""
    said = {"project": project, "destination": destination, "operation": operation}
    return list(_read(connection.execute(_UNANSWERED, said)))


class Answer(NamedTuple):
    """An answer for good to one version."""

    destination: str
    entity: str
    version: int
    refused: bool = False
    applied: bool = False


def answer(connection: sa.Connection, answers: Collection[Answer], now_ms: int) -> None:
    """Keeps them, the last of each version; what was refused and said again is wanted anew."""
    if not answers:
        return
    last = {each[:3]: each for each in answers}.values()
    connection.execute(_ANSWER, [_place(each) for each in last])
    connection.execute(_REFUSE, [{**_place(each), "refused": each.refused} for each in last])
    if applied := [_place(each) for each in last if each.applied]:
        connection.execute(_SETTLE, applied)
    if any(each.refused for each in last):
        _renew(connection, now_ms)


def say_again(connection: sa.Connection, rows: Collection[Answer], now_ms: int) -> None:
    """These were refused for a reason that is gone: each is wanted anew."""
    if rows:
        connection.execute(_AGAIN, [_place(each) for each in rows])
        _renew(connection, now_ms)


def change(
    connection: sa.Connection,
    held: Iterable[Row],
    wanted: Iterable[Wanted],
    now_ms: int,
    may_leave: MayLeave,
    again: Collection[str] = (),
    anew: Collection[tuple[str, str]] = (),
) -> int:
    """Brings `held` to `wanted`; what is held and no longer wanted is withdrawn. Gives how many.

    A withdrawal is the operation's `_REMOVE` twin, with the same body, as far as it may leave. What
    may not leave at all (the destination has no such operation) is kept and never sent. `again` are
    the entities whose source spoke just now: where nothing changes, a refusal is forgotten. What an
    ENT lost, `anew`, is told as if it had changed.
    """
    before = {(row.destination, row.entity): row for row in held}
    after = {(each.destination, each.entity): may_leave(each) for each in wanted}
    changes = [each for p, each in after.items() if p in anew or _differs(before.get(p), each[0])]
    changes += [
        may_leave(_withdrawn(row))
        for place, row in before.items()
        if place not in after and not row.operation.endswith("_REMOVE")
    ]
    versions = {place: row.version + 1 for place, row in before.items()}
    told = [(each, versions.get(each[:2], _NEW), leaves) for each, leaves in changes]
    _put(connection, told, now_ms)
    changed = {each[:2] for each, _ in changes}
    same = [row for place, row in before.items() if place in after and place not in changed]
    if said := [_place(row) for row in same if row.entity in again]:
        connection.execute(_AGAIN, said)
        _renew(connection, now_ms)
    return len(changes)


def withdraw_again(
    connection: sa.Connection,
    project: str,
    places: Collection[tuple[str, str]],
    now_ms: int,
    may_leave: MayLeave,
) -> None:
    """What was withdrawn from these (destination, entity), and is there still, is once more."""
    rows = of_entities(connection, project, {entity for _, entity in places})
    rows = [r for r in rows if (r.destination, r.entity) in places]
    due = [row for row in rows if row.operation.endswith("_REMOVE")]
    told = [(may_leave(as_wanted(row)), row.version + 1) for row in due]
    _put(connection, [(each, version, leaves) for (each, leaves), version in told], now_ms)


def _renew(connection: sa.Connection, now_ms: int) -> None:
    due = list(_read(connection.execute(_DUE_AGAIN)))
    _put(connection, [(as_wanted(row), row.version + 1, True) for row in due], now_ms)


def _put(connection: sa.Connection, told: Sequence[tuple[Wanted, int, bool]], now_ms: int) -> None:
    """New versions (`_NEW`: the first), each with whether it leaves; who waits is never sent."""
    if not told:
        return
    seq, known = last_seq(connection), floors(connection)
    rows = [
        {
            **each._asdict(),
            "body": json.dumps(dict(each.body), ensure_ascii=False),
            "parents": json.dumps(each.parents),
            "version": version or known.get(each.destination, 0) + 1,
            "occurred_at": now_ms,
            "seq": seq + number,
            "kept": each.operation.startswith(WAIT) or not leaves,
        }
        for number, (each, version, leaves) in enumerate(told, 1)
    ]
    connection.execute(_PUT, rows)


def _place(row: Row | Answer) -> dict[str, str | int]:
    return {"destination": row.destination, "entity": row.entity, "version": row.version}


def _differs(row: Row | None, wanted: Wanted) -> bool:
    if row is None:
        return True
    return (row.operation, row.body) != (wanted.operation, wanted.body)


def as_wanted(row: Row) -> Wanted:
    """What a row says, to be wanted as it is."""
    return Wanted(*row[:8])


def _withdrawn(row: Row) -> Wanted:
    kind = row.operation if row.operation == WAIT else row.operation.rpartition("_")[0]
    return as_wanted(row)._replace(operation=f"{kind}_REMOVE", parents=())


def _read(rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    for row in rows:
        yield Row(*row)._replace(body=json.loads(row[4]), parents=tuple(json.loads(row[5])))
