"""What was said of projects' documents and cannot go yet: durable, counted, told when it lasts.

A share waits for its document (PARENT). A share or homework waits for an ENT's answer (ECHO) when
it may be our own copy, told back before the answer that names it. Functions work inside the
caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks

PARENT, ECHO = "PARENT", "ECHO"


class Waiting(NamedTuple):
    """One said object (`key` is `<instance>/<source id>`) that waits, and since when (ms)."""

    record: str
    key: str
    project: str
    instance: str
    why: str
    since: int


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "waiting" in metadata.tables:
        return
    sa.Table(
        "waiting",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("record", "key", "project")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("instance", "why")),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("told", sa.BigInteger),
        sa.Column("sent", sa.Boolean, nullable=False),
        sa.Index("waiting_since", "why", "since"),
        sqlite_with_rowid=False,
    )


_NAMES = ", ".join(Waiting._fields)
_VALUES = ", ".join(f":{name}" for name in Waiting._fields)
_PUT = sa.text(
    f"insert into waiting ({_NAMES}, told, sent) values ({_VALUES}, null, false)"  # noqa: S608 - our own column names
    " on conflict (record, key, project) do update set why = excluded.why, since = excluded.since,"
    " told = null, sent = false where waiting.why <> excluded.why"
)
_DROP = sa.text("delete from waiting where record = :record and key = :key and project = :project")
_OF = sa.text(
    f"select {_NAMES} from waiting where project = :project and record = :record and key in :named"  # noqa: S608
).bindparams(sa.bindparam("named", expanding=True))
_FOR_ANSWER = sa.text(
    f"select {_NAMES} from waiting where why = 'ECHO' and project = :project"  # noqa: S608
    " and instance = :instance"
)
_SINCE = sa.text(
    f"select {_NAMES} from waiting where why = :why and since <= :since and told is null"  # noqa: S608
    " order by since, record, key"
)
_TELL = sa.text(
    "update waiting set told = :now where record = :record and key = :key and project = :project"
)
_UNSENT = sa.text(
    f"select {_NAMES}, told from waiting where told is not null and sent = false"  # noqa: S608
    " order by told, record, key"
)
_SENT = sa.text(
    "update waiting set sent = true where record = :record and key = :key and project = :project"
)
_PENDING = sa.text("select count(*) from waiting where why = 'PARENT'")


def put(connection: sa.Connection, rows: Sequence[Waiting]) -> None:
    """These wait; one that waits already for the same thing does so since it began."""
    if rows:
        connection.execute(_PUT, [row._asdict() for row in rows])


def drop(connection: sa.Connection, rows: Sequence[Waiting]) -> None:
    """These wait no longer."""
    if rows:
        connection.execute(_DROP, [row._asdict() for row in rows])


def of(
    connection: sa.Connection, project: str, record: str, keys: Collection[str]
) -> dict[str, Waiting]:
    """Those of these objects that wait, by key."""
    said = {"project": project, "record": record}
    return {
        row[1]: Waiting(*row)
        for chunk in chunks(sorted(keys))
        for row in connection.execute(_OF, {**said, "named": chunk}).all()
    }


def for_answer(connection: sa.Connection, project: str, instance: str) -> list[Waiting]:
    """What this instance said in this project, and waits for an answer of its own."""
    said = {"project": project, "instance": instance}
    return _read(connection.execute(_FOR_ANSWER, said))


def since(connection: sa.Connection, why: str, at_ms: int) -> list[Waiting]:
    """What has waited since then or longer, the longest first; without what was told already."""
    return _read(connection.execute(_SINCE, {"why": why, "since": at_ms}))


def tell(connection: sa.Connection, rows: Sequence[Waiting], now_ms: int) -> None:
    """These are being told of."""
    if rows:
        connection.execute(_TELL, [{**row._asdict(), "now": now_ms} for row in rows])


def unsent(connection: sa.Connection) -> list[tuple[Waiting, int]]:
    """What was told of, and when, that Kafka may not have yet."""
    return [(Waiting(*row[:-1]), int(row[-1])) for row in connection.execute(_UNSENT)]


def mark_sent(connection: sa.Connection, rows: Sequence[Waiting]) -> None:
    """Kafka has what was told of these."""
    if rows:
        connection.execute(_SENT, [row._asdict() for row in rows])


def pending(connection: sa.Connection) -> int:
    """How many shares wait for their document."""
    return int(connection.execute(_PENDING).scalar_one())


def _read(rows: Iterable[Any]) -> list[Waiting]:
    return [Waiting(*row) for row in rows]
