"""What an operator has cut in an incident, until it is resumed: an instance, a record, a UAI.

A cut stands in SQL and nowhere else: every process asks for it in the transaction of what it does
next, so that it counts at once, in all of them, and survives them. Functions work inside the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store import audit
from preau.store.audit import Act
from preau.store.audit_chain import Fact

INSTANCE, RECORD, UAI = "instance", "record", "uai"
Facts = dict[str, Fact]
KINDS = (INSTANCE, RECORD, UAI)
LONGEST_REASON = 200


class Order(NamedTuple):
    """What is to be cut. `withdrawals`: they go out nevertheless; `reason` names no person."""

    kind: str
    target: str
    withdrawals: bool = False
    reason: str = ""


class Cut(NamedTuple):
    """A cut; its `id` is the number of its entry in the audit chain. Times in ms since 1970."""

    id: int
    kind: str
    target: str
    withdrawals: bool
    reason: str
    at: int
    resumed_at: int | None


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "switch_cut" in metadata.tables:
        return
    sa.Table(
        "switch_cut",
        metadata,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "target", "reason")),
        sa.Column("withdrawals", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("resumed_at", sa.BigInteger),
    )


_NAMES = ", ".join(Cut._fields)
_PUT = sa.text(
    f"insert into switch_cut ({_NAMES})"  # noqa: S608 - our own column names
    " values (:id, :kind, :target, :withdrawals, :reason, :at, null)"
)
_LET = sa.text("update switch_cut set withdrawals = :withdrawals where id = :id")
_OPEN = sa.text(f"select {_NAMES} from switch_cut where resumed_at is null order by id")  # noqa: S608
_LAST = sa.text(f"select {_NAMES} from switch_cut order by id desc limit :most")  # noqa: S608
_RESUME = sa.text(
    "update switch_cut set resumed_at = :now where id = :id and resumed_at is null"  # noqa: S608
    f" returning {_NAMES}"
)


def cuts(connection: sa.Connection) -> list[Cut]:
    """What is cut now, the oldest first."""
    return _read(connection.execute(_OPEN))


def last(connection: sa.Connection, most: int = 50) -> list[Cut]:
    """The last cuts, resumed ones too, newest first."""
    return _read(connection.execute(_LAST, {"most": most}))


def cut(connection: sa.Connection, order: Order, actor: str, now_ms: int) -> Cut:
    """Cuts it; what is cut already stays so since it was, and only its withdrawals may change."""
    there = [each for each in cuts(connection) if (each.kind, each.target) == order[:2]]
    if there and there[0].withdrawals == order.withdrawals:
        return there[0]
    facts: Facts = {"kind": order.kind, "withdrawals": order.withdrawals}
    number = audit.append(connection, Act(actor, "switch.cut", order.target, facts), now_ms)
    if there:
        connection.execute(_LET, {"id": there[0].id, "withdrawals": order.withdrawals})
        return there[0]._replace(withdrawals=order.withdrawals)
    connection.execute(_PUT, {**order._asdict(), "id": number, "at": now_ms})
    return Cut(number, *order, at=now_ms, resumed_at=None)


def resume(connection: sa.Connection, number: int, actor: str, now_ms: int) -> Cut | None:
    """Ends a cut; None when none of this number is cut now."""
    ended = _read(connection.execute(_RESUME, {"id": number, "now": now_ms}))
    if not ended:
        return None
    facts: Facts = {"kind": ended[0].kind, "cut": number}
    act = Act(actor, "switch.resumed", ended[0].target, facts)
    audit.append(connection, act, now_ms)
    return ended[0]


def _read(rows: Iterable[Any]) -> list[Cut]:
    return [Cut(*row)._replace(withdrawals=bool(row.withdrawals)) for row in rows]
