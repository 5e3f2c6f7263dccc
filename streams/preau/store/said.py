"""What the instances said that projects need: the last state of each object, and who it points to.

One row per object, guarded by its version, so that a repeat or a late state changes nothing. Names
of people are never here: a row holds ids, titles and levels. Functions work inside the caller's
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks

GROUP, MEMBER, RESOURCE = "group", "member", "resource"
"""What an object points to: the role of a reference."""


class SaidState(NamedTuple):
    """One object as an instance last said it; `key` is `<instance>/<source id>`.

    `fields` are plain JSON values; `points` are (role, key) pairs, by which it is found again;
    `event_id` is the record's.
    """

    record: str
    key: str
    version: int
    deleted: bool
    event_id: str
    fields: Mapping[str, Any]
    points: tuple[tuple[str, str], ...] = ()


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "said" in metadata.tables:
        return
    sa.Table(
        "said",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key")),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("event_id", "fields")),
    )
    sa.Table(
        "said_point",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key", "role")),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Index("said_point_target", "target", "role", "record"),
    )


_SELECT = sa.text(
    "select record, key, version, deleted, event_id, fields from said"
    " where record = :record and key in :named"
).bindparams(sa.bindparam("named", expanding=True))
_VERSIONS = sa.text(
    "select key, version from said where record = :record and key in :named"
).bindparams(sa.bindparam("named", expanding=True))
_PUT = sa.text(
    "insert into said values (:record, :key, :version, :deleted, :event_id, :fields)"
    " on conflict (record, key) do update set version = excluded.version,"
    " deleted = excluded.deleted, event_id = excluded.event_id, fields = excluded.fields"
)
_TARGETS = sa.text(
    "select key, target from said_point where record = :record and role = :role and key in :named"
).bindparams(sa.bindparam("named", expanding=True))
_DROP = sa.text("delete from said_point where record = :record and key = :key")
_POINT = sa.text(
    "insert into said_point values (:record, :key, :role, :target) on conflict do nothing"
)
_POINTING = sa.text(
    "select s.record, s.key, s.version, s.deleted, s.event_id, s.fields from said_point p"
    " join said s on s.record = p.record and s.key = p.key"
    " where p.role = :role and p.record = :record and p.target in :named and not s.deleted"
).bindparams(sa.bindparam("named", expanding=True))
_GROUPS_OF = sa.text(
    "select distinct g.target from said_point m join said s on s.record = m.record"
    " and s.key = m.key join said_point g on g.record = m.record and g.key = m.key"
    " and g.role = 'group' where m.role = 'member' and m.target in :named and not s.deleted"
).bindparams(sa.bindparam("named", expanding=True))


def put(connection: sa.Connection, states: Iterable[SaidState]) -> list[SaidState]:
    """Keeps what is newer than what is there; gives what was kept."""
    newest: dict[tuple[str, str], SaidState] = {}
    for state in states:
        place = (state.record, state.key)
        if place not in newest or state.version > newest[place].version:
            newest[place] = state
    held = _held(connection, newest)
    kept = [s for s in newest.values() if s.version > held.get((s.record, s.key), -1)]
    _write(connection, kept)
    return kept


def _held(
    connection: sa.Connection, wanted: Collection[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    by_record: dict[str, list[str]] = {}
    for record, key in wanted:
        by_record.setdefault(record, []).append(key)
    return {
        (record, key): version
        for record, keys in by_record.items()
        for chunk in chunks(keys)
        for key, version in connection.execute(_VERSIONS, {"record": record, "named": chunk})
    }


def _write(connection: sa.Connection, kept: Sequence[SaidState]) -> None:
    if not kept:
        return
    rows = [{**s._asdict(), "fields": json.dumps(dict(s.fields), ensure_ascii=False)} for s in kept]
    for row in rows:
        del row["points"]
    connection.execute(_PUT, rows)
    # what is deleted keeps what it pointed to: that is how whoever relied on it is found
    alive = [{"record": s.record, "key": s.key} for s in kept if not s.deleted]
    if alive:
        connection.execute(_DROP, alive)
    points = [
        {"record": s.record, "key": s.key, "role": role, "target": target}
        for s in kept
        for role, target in s.points
    ]
    if points:
        connection.execute(_POINT, points)


def states(connection: sa.Connection, record: str, keys: Collection[str]) -> dict[str, SaidState]:
    """These objects by key, deleted ones included."""
    return {
        state.key: state
        for chunk in chunks(sorted(keys))
        for state in _read(connection.execute(_SELECT, {"record": record, "named": chunk}))
    }


def pointing(
    connection: sa.Connection, record: str, role: str, targets: Collection[str]
) -> list[SaidState]:
    """The objects of a record, not deleted, that point to one of these, by key."""
    found = {
        state.key: state
        for chunk in chunks(sorted(targets))
        for state in _read(
            connection.execute(_POINTING, {"record": record, "role": role, "named": chunk})
        )
    }
    return [found[key] for key in sorted(found)]


def targets(
    connection: sa.Connection, record: str, role: str, keys: Collection[str]
) -> dict[str, list[str]]:
    """What each of these objects points to, or pointed to before it was deleted."""
    found: dict[str, list[str]] = {}
    for chunk in chunks(sorted(keys)):
        said_of = {"record": record, "role": role, "named": chunk}
        for key, target in connection.execute(_TARGETS, said_of):
            found.setdefault(key, []).append(target)
    return found


def groups_of(connection: sa.Connection, members: Collection[str]) -> set[str]:
    """The groups in which one of these is a member."""
    return {
        group
        for chunk in chunks(sorted(members))
        for group in connection.execute(_GROUPS_OF, {"named": chunk}).scalars()
    }


def _read(rows: Iterable[Any]) -> Iterator[SaidState]:
    for record, key, version, deleted, event_id, fields in rows:
        yield SaidState(record, key, int(version), bool(deleted), event_id, json.loads(fields))
