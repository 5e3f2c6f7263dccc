"""The outbox: what each destination must still be told, in order, and what it answered.

Key: (destination, entity, version). A row waits, is started (durably, before the first call), then
is done with an outcome, and then its body is forgotten: nobody needs it any more. Works on SQLite
and PostgreSQL; every method is one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store import drifts, switches
from preau.store.barred import barred

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Delivery(NamedTuple):
    """One row as `delivery.v1` says it; times in milliseconds since 1970."""

    event_id: str
    destination: str
    project: str
    operation: str
    entity: str
    version: int
    parents: tuple[str, ...]
    cause: str
    occurred_at: int
    body: Mapping[str, Any]


class Claimed(NamedTuple):
    """A row to deliver now; `unknown`: nobody knows whether an earlier try was applied.

    That may be a try of an earlier version, which ended without another call. `repair`: it puts
    back what its ENT lost or changed.
    """

    delivery: Delivery
    attempts: int
    unknown: bool
    repair: bool = False


class Settled(NamedTuple):
    """What came of one try. `state` is DONE or WAITING (then until `next_at`, ms).

    `native` are ids that the ENT gave, added to those known; `forget` drops them all.
    """

    destination: str
    entity: str
    version: int
    state: str
    outcome: str
    reason: str
    next_at: int
    native: Mapping[str, str]
    forget: bool = False
    unknown: bool = False
    attempts: int = 0


def declare(metadata: sa.MetaData) -> None:
    """Declares the three tables of the outbox, those of cuts and drifts, unless they are there."""
    if "delivery" in metadata.tables:
        return
    switches.declare(metadata)
    drifts.declare(metadata)
    key = ("destination", "entity", "version")
    sa.Table(
        "delivery",
        metadata,
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("destination", "entity")),
        sa.Column("version", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("event_id", "project")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("operation", "cause")),
        sa.Column("occurred_at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("parents", "body")),
        sa.Column("state", sa.Text, nullable=False, server_default="WAITING"),
        *(sa.Column(name, sa.Text, nullable=False, server_default="") for name in _LAST),
        *(sa.Column(name, sa.BigInteger, nullable=False, server_default="0") for name in _COUNTS),
        sa.UniqueConstraint(*key),
        sa.Index("delivery_due", "destination", "state", "seq"),
        sa.Index("delivery_event", "event_id"),
    )
    sa.Table(
        "delivery_parent",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity")),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("parent", sa.Text, primary_key=True),
    )
    sa.Table(
        "native_id",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity", "name")),
        sa.Column("value", sa.Text, nullable=False),
    )


_LAST = ("outcome", "reason")
_COUNTS = ("attempts", "unknown", "next_at")
_SAID = (*Delivery._fields,)
_INSERT = sa.text(
    f"insert into delivery ({', '.join(_SAID)}) values ({', '.join(':' + n for n in _SAID)})"  # noqa: S608
    " on conflict do nothing"
)
_INSERT_PARENT = sa.text(
    "insert into delivery_parent values (:destination, :entity, :version, :parent)"
    " on conflict do nothing"
)
_OPEN = sa.text("select distinct destination from delivery where state <> 'DONE'")
_CLAIMABLE = """
 from delivery d where d.destination = :destination and d.state = 'WAITING'
 and not exists (select 1 from delivery o where o.destination = d.destination
  and o.entity = d.entity and o.version < d.version and o.state <> 'DONE')
 and not exists (select 1 from delivery_parent x where x.destination = d.destination
  and x.entity = d.entity and x.version = d.version
  and not exists (select 1 from delivery p where p.destination = d.destination
   and p.entity = x.parent and p.outcome in ('APPLIED', 'ACCEPTED')))
"""  # no `p.state`: SQLite would go through all that is done
_DOUBT = (
    "exists (select 1 from delivery u where u.destination = d.destination and u.entity = d.entity"
    " and u.version < d.version and u.unknown <> 0)"
)
_DUE = (
    f"select d.*, {_DOUBT} as doubt, {drifts.REPAIRING} as repair {_CLAIMABLE}"
    " and d.next_at <= :now and d.entity not in :busy"
)
_ORPHANS = (
    "select d.* from delivery d where d.destination = :destination and d.state = 'WAITING'"
    " and d.entity not in :busy and not exists (select 1 from delivery o"
    "  where o.destination = d.destination and o.entity = d.entity and o.version < d.version"
    "  and o.state <> 'DONE')"
    " and exists (select 1 from delivery_parent x where x.destination = d.destination"
    "  and x.entity = d.entity and x.version = d.version"
    "  and exists (select 1 from delivery p where p.destination = d.destination"
    "   and p.entity = x.parent)"
    "  and not exists (select 1 from delivery p where p.destination = d.destination"
    "   and p.entity = x.parent and (p.state <> 'DONE' or p.outcome in ('APPLIED', 'ACCEPTED'))))"
)
_NEXT = sa.text("select min(d.next_at)" + _CLAIMABLE)
_START = sa.text("update delivery set state = 'STARTED' where seq in :started").bindparams(
    sa.bindparam("started", expanding=True)
)
_RELEASE = sa.text(
    "update delivery set state = 'WAITING', unknown = 1"
    " where destination = :destination and state = 'STARTED'"
)
_SETTLE = sa.text(
    "update delivery set state = :state, outcome = :outcome, reason = :reason,"
    " next_at = :next_at, unknown = :unknown, attempts = :attempts,"
    " body = case when :state = 'DONE' then '{}' else body end"
    " where destination = :destination and entity = :entity and version = :version"
)
_FORGET = sa.text("delete from native_id where destination = :destination and entity = :entity")
_LEARN = sa.text(
    "insert into native_id values (:destination, :entity, :name, :value)"
    " on conflict (destination, entity, name) do update set value = excluded.value"
)
_NATIVES = sa.text(
    "select entity, name, value from native_id"
    " where destination = :destination and entity in :entities"
).bindparams(sa.bindparam("entities", expanding=True))


_TOLD = sa.text(
    "select d.* from delivery d where d.destination = :destination and d.event_id = :event_id"
)


class Deliveries:
    """The outbox in SQL; the tables are made by whoever opens the store (`declare`)."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def insert(self, rows: Sequence[Delivery]) -> None:
        """Adds what is new; a row already there is left as it is."""
        said = [
            {**row._asdict(), "parents": json.dumps(row.parents), "body": _body(row.body)}
            for row in rows
        ]
        parents = [{**_key(row), "parent": parent} for row in rows for parent in row.parents]
        with self._engine.begin() as connection:
            if said:
                connection.execute(_INSERT, said)
            if parents:
                connection.execute(_INSERT_PARENT, parents)

    def destinations(self) -> list[str]:
        """Those that have a row not done."""
        with self._engine.connect() as connection:
            return sorted(connection.execute(_OPEN).scalars())

    def claim(
        self, destination: str, now_ms: int, limit: int, busy: Collection[str]
    ) -> list[Claimed]:
        """Marks as started, and gives, what is due: per entity its lowest open version.

        Not those of `busy` entities, nor those with a parent that this destination has not applied,
        nor what an operator has cut: that waits as it is.
        """
        said = {"destination": destination, "now": now_ms, "limit": limit}
        return self._started(_DUE, said, busy)

    def youngest(
        self, destination: str, now_ms: int, limit: int, busy: Collection[str]
    ) -> list[Claimed]:
        """As `claim`, the rows that came last first."""
        said = {"destination": destination, "now": now_ms, "limit": limit}
        return self._started(_DUE, said, busy, "desc")

    def orphans(self, destination: str, limit: int, busy: Collection[str]) -> list[Claimed]:
        """Marks as started, and gives, what waits for a parent that was refused for good.

        That is: every version of the parent has ended here, and none was applied.
        """
        return self._started(_ORPHANS, {"destination": destination, "limit": limit}, busy)

    def _started(
        self, which: str, said: Mapping[str, Any], busy: Collection[str], order: str = "asc"
    ) -> list[Claimed]:
        with self._engine.begin() as connection:
            but = barred(switches.cuts(connection))
            asked = sa.text(f"{which}{but.where} order by d.seq {order} limit :limit")
            asked = asked.bindparams(sa.bindparam("busy", list(busy) or [""], expanding=True))
            rows = connection.execute(asked, {**said, **but.values}).mappings().all()
            if rows:
                connection.execute(_START, {"started": [row["seq"] for row in rows]})
        return [_claimed(row) for row in rows]

    def release(self, destination: str) -> None:
        """What an earlier process left started waits again, its outcome unknown."""
        with self._engine.begin() as connection:
            connection.execute(_RELEASE, {"destination": destination})

    def settle(self, results: Sequence[Settled]) -> None:
        """Ends or postpones rows, and keeps or forgets the ids that the ENT gave."""
        rows = [
            {**result._asdict(), "unknown": int(result.unknown), "native": None}
            for result in results
        ]
        learnt = [
            {**_key(result), "name": name, "value": value}
            for result in results
            for name, value in result.native.items()
        ]
        gone = [_key(result) for result in results if result.forget]
        with self._engine.begin() as connection:
            connection.execute(_SETTLE, rows)
            if learnt:
                connection.execute(_LEARN, learnt)
            if gone:
                connection.execute(_FORGET, gone)

    def told(self, destination: str, event_id: str) -> tuple[Delivery, str, str] | None:
        """The delivery of that id to this destination, its state and outcome; None if unknown."""
        said = {"destination": destination, "event_id": event_id}
        with self._engine.connect() as connection:
            row = connection.execute(_TOLD, said).mappings().first()
        return None if row is None else (_claimed(row).delivery, row["state"], row["outcome"])

    def next_at(self, destination: str) -> int | None:
        """The earliest time (ms) at which a row may be claimed, None when there is none."""
        with self._engine.connect() as connection:
            found = connection.execute(_NEXT, {"destination": destination}).scalar()
        return None if found is None else int(found)

    def natives(self, destination: str, entities: Collection[str]) -> dict[str, dict[str, str]]:
        """The ids that this destination gave to these entities."""
        found: dict[str, dict[str, str]] = {}
        said = {"destination": destination, "entities": list(entities)}
        with self._engine.connect() as connection:
            for entity, name, value in connection.execute(_NATIVES, said):
                found.setdefault(entity, {})[name] = value
        return found


def _claimed(row: Mapping[Any, Any]) -> Claimed:
    said = {name: row[name] for name in _SAID}
    said |= {"parents": tuple(json.loads(row["parents"])), "body": json.loads(row["body"])}
    unknown, repair = bool(row["unknown"] or row.get("doubt")), bool(row.get("repair"))
    return Claimed(Delivery(**said), row["attempts"], unknown, repair)


def _key(row: Delivery | Settled) -> dict[str, Any]:
    return {"destination": row.destination, "entity": row.entity, "version": row.version}


def _body(body: Mapping[str, Any]) -> str:
    return json.dumps(dict(body), ensure_ascii=False, separators=(",", ":"))
