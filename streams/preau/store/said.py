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

from preau.store import waiting
from preau.store.named import named
from preau.store.persons import chunks

GROUP, MEMBER, RESOURCE = "group", "member", "resource"
"""What an object points to: the role of a reference."""


class SaidState(NamedTuple):
    """One object as an instance last said it; `key` is `<instance>/<source id>`.

    `fields` are plain JSON values; `points` are (role, key) pairs, by which it is found again;
    `event_id` is the record's. What is read from the store comes without `points`.
    """

    record: str
    key: str
    version: int
    deleted: bool
    event_id: str
    fields: Mapping[str, Any]
    points: tuple[tuple[str, str], ...] = ()


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, and that of what waits, unless they are declared already."""
    if "said" in metadata.tables:
        return
    waiting.declare(metadata)
    sa.Table(
        "said",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key")),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("event_id", "fields")),
        sqlite_with_rowid=False,
    )
    sa.Table(
        "said_point",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key", "role")),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Index("said_point_target", "target", "role", "record"),
        sqlite_with_rowid=False,
    )


_SELECT = named(
    "select record, key, version, deleted, event_id, fields from said"
    " where record = :record and key in :named"
)
_VERSIONS = named("select key, version from said where record = :record and key in :named")
_POINTS = named("select key, role, target from said_point where record = :record and key in :named")
_PUT = sa.text(
    "insert into said values (:record, :key, :version, :deleted, :event_id, :fields)"
    " on conflict (record, key) do update set version = excluded.version,"
    " deleted = excluded.deleted, event_id = excluded.event_id, fields = excluded.fields"
)
_DROP = sa.text(
    "delete from said_point where record = :record and key = :key and role = :role"
    " and target = :target"
)
_POINT = sa.text("insert into said_point values (:record, :key, :role, :target)")
_POINTING = named(
    "select s.record, s.key, s.version, s.deleted, s.event_id, s.fields from said_point p"
    " join said s on s.record = p.record and s.key = p.key"
    " where p.role = :role and p.record = :record and p.target in :named and not s.deleted"
)
_OF_INSTANCE = sa.text(
    "select record, key, version, deleted, event_id, fields from said"
    " where record = :record and key like :mine escape '!' and not deleted order by key"
)
_WITH = sa.text(
    "select record, key, version, deleted, event_id, fields from said"
    " where record = :record and fields like :mine and not deleted"
)
_GROUPS_OF = named(
    "select distinct g.target from said_point m join said s on s.record = m.record"
    " and s.key = m.key join said_point g on g.record = m.record and g.key = m.key"
    " and g.role = 'group' where m.role = 'member' and m.target in :named and not s.deleted"
)
_Points = dict[tuple[str, str], set[tuple[str, str]]]


def put(connection: sa.Connection, states: Iterable[SaidState]) -> list[SaidState]:
    """Keeps what is newer than what is there.

    Gives what was kept; its points are those it has and those it had before, so that whoever
    relied on either is found. What is deleted keeps what it pointed to.
    """
    newest: dict[tuple[str, str], SaidState] = {}
    for state in states:
        place = (state.record, state.key)
        if place not in newest or state.version > newest[place].version:
            newest[place] = state
    held = {(r, k): v for r, k, v in _known(connection, _VERSIONS, newest)}
    kept = [state for place, state in newest.items() if state.version > held.get(place, -1)]
    before: _Points = {}
    for record, key, *point in _known(connection, _POINTS, [s[:2] for s in kept if s[:2] in held]):
        before.setdefault((record, key), set()).add((point[0], point[1]))
    _write(connection, kept)
    _point(connection, kept, before)
    return [
        s._replace(points=(*dict.fromkeys((*s.points, *sorted(before.get(s[:2], ())))),))
        for s in kept
    ]


def _known(
    connection: sa.Connection, statement: sa.TextClause, wanted: Iterable[tuple[str, str]]
) -> Iterator[tuple[Any, ...]]:
    """The rows of these (record, key), each with its record before it."""
    by_record: dict[str, list[str]] = {}
    for record, key in wanted:
        by_record.setdefault(record, []).append(key)
    for record, keys in by_record.items():
        for chunk in chunks(keys):
            for row in connection.execute(statement, {"record": record, "named": chunk}).all():
                yield (record, *row)


def _write(connection: sa.Connection, kept: Sequence[SaidState]) -> None:
    rows = [{**s._asdict(), "fields": json.dumps(dict(s.fields), ensure_ascii=False)} for s in kept]
    for row in rows:
        del row["points"]
    if rows:
        connection.execute(_PUT, rows)


def _point(connection: sa.Connection, kept: Sequence[SaidState], before: _Points) -> None:
    """Writes only what changed: most states point to what they pointed to."""
    new, gone = [], []
    for state in kept:
        now, then = set(state.points), before.get(state[:2], set())
        new += [(state, point) for point in now - then]
        gone += [(state, point) for point in then - now if not state.deleted]
    for statement, changed in ((_DROP, gone), (_POINT, new)):
        if changed:
            connection.execute(statement, [_row(state, *point) for state, point in changed])


def _row(state: SaidState, role: str, target: str) -> dict[str, str]:
    return {"record": state.record, "key": state.key, "role": role, "target": target}


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


def of_instance(connection: sa.Connection, record: str, instance: str) -> Iterator[SaidState]:
    """Every object of a record that this instance said, not deleted, by key."""
    plain = instance.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return _read(connection.execute(_OF_INSTANCE, {"record": record, "mine": f"{plain}/%"}))


def groups_at(connection: sa.Connection, uai: str) -> set[str]:
    """The groups of this establishment, whoever said them; all groups are looked through."""
    rows = connection.execute(_WITH, {"record": "group", "mine": f"%{uai}%"})
    return {state.key for state in _read(rows) if uai in state.fields["establishments"]}


def targets(
    connection: sa.Connection, record: str, role: str, keys: Collection[str]
) -> dict[str, list[str]]:
    """What each of these objects points to, or pointed to before it was deleted."""
    found: dict[str, list[str]] = {}
    for _, key, *point in _known(connection, _POINTS, ((record, key) for key in sorted(keys))):
        if point[0] == role:
            found.setdefault(key, []).append(point[1])
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
