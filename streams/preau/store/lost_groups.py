"""Groups that an ENT had and does not know any more, until it has them again.

Some ENTs delete a group when its last class leaves, and any user of an ENT may delete one. What is
told under it then is refused (UNKNOWN_GROUP). The group is told anew, at once the first time and
later each time more; once it is applied, everything under it is. Functions work inside the caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa

DELAYS_MS = (0, 60_000, 600_000, 3_600_000, 86_400_000)
"""Before the first, second, … telling within a day; the last is the longest."""
_DAY_MS = 86_400_000


class Lost(NamedTuple):
    """One group of one project that `destination` does not know any more."""

    destination: str
    entity: str
    project: str


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "lost_group" in metadata.tables:
        return
    sa.Table(
        "lost_group",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("destination", "entity")),
        sa.Column("project", sa.Text, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("at", "times", "due")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Index("lost_group_due", "due", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )


_WAITS = sa.text("state = 'LOST'")
"""LOST: to be told at `due`; TOLD: not applied yet; BACK: applied."""
_NAMES = ", ".join(Lost._fields)
_KNOWN = sa.text(
    "select at, times, state from lost_group where destination = :destination and entity = :entity"
)
_PUT = sa.text(
    f"insert into lost_group ({_NAMES}, at, times, due, state)"  # noqa: S608 - our own column names
    " values (:destination, :entity, :project, :now, :times, :due, 'LOST')"
    " on conflict (destination, entity) do update set at = excluded.at, times = excluded.times,"
    " due = excluded.due, state = excluded.state"
)
_DUE = sa.text(f"select {_NAMES} from lost_group where state = 'LOST' and due <= :now")  # noqa: S608
_SET = sa.text(
    "update lost_group set state = :state where destination = :destination and entity = :entity"
)
_TOLD = sa.text(
    f"select {_NAMES} from lost_group where state = 'TOLD' and destination = :destination"  # noqa: S608
    " and entity = :entity"
)
_BACK = sa.text(
    "select 1 from lost_group where state = 'BACK' and destination = :destination"
    " and entity = :entity and at > :since"
)
_FORGET = sa.text("delete from native_id where destination = :destination and entity = :entity")


def note(connection: sa.Connection, groups: Iterable[Lost], now_ms: int) -> None:
    """These are unknown to their ENT; one of which that is known already is not noted again."""
    for each in groups:
        row = connection.execute(_KNOWN, each._asdict()).first()
        if row is not None and row.state != "BACK":
            continue
        times = 0 if row is None or now_ms - row.at >= _DAY_MS else int(row.times)
        due = now_ms + DELAYS_MS[min(times, len(DELAYS_MS) - 1)]
        said = {**each._asdict(), "now": now_ms, "times": times + 1, "due": due}
        connection.execute(_PUT, said)


def expect(connection: sa.Connection, groups: Iterable[Lost], now_ms: int) -> None:
    """These are withdrawn to be made otherwise: once they are there, so is all that was in them."""
    found = list(groups)
    note(connection, found, now_ms)
    _mark(connection, found, "TOLD")


def expected(connection: sa.Connection, lost: Lost) -> bool:
    """Whether it is to be told, or told again, and not applied yet."""
    return connection.execute(_TOLD, lost._asdict()).first() is not None


def waits(connection: sa.Connection, now_ms: int) -> bool:
    """Whether one is to be told by now."""
    return connection.execute(_DUE, {"now": now_ms}).first() is not None


def take_due(connection: sa.Connection, now_ms: int) -> list[Lost]:
    """Those to be told now; the caller tells them in this transaction."""
    found = [Lost(*row) for row in connection.execute(_DUE, {"now": now_ms})]
    _mark(connection, found, "TOLD")
    return found


def take_back(connection: sa.Connection, applied: Iterable[Lost]) -> list[Lost]:
    """Those of these that were told again: their ENT has them now, and nothing in them."""
    found = [each for each in applied if expected(connection, each)]
    _mark(connection, found, "BACK")
    return found


def forget_ids(connection: sa.Connection, lost: Lost, entity: str, now_ms: int) -> bool:
    """Forgets what an ENT called this, if it went with its group within a day; whether it did."""
    if connection.execute(_BACK, {**lost._asdict(), "since": now_ms - _DAY_MS}).first() is None:
        return False
    said = {"destination": lost.destination, "entity": entity}
    return connection.execute(_FORGET, said).rowcount > 0


def _mark(connection: sa.Connection, groups: Iterable[Lost], state: str) -> None:
    for each in groups:
        connection.execute(_SET, {**each._asdict(), "state": state})
