"""The audit chain in SQL: who did what to what, when; each entry holds the digest of the last one.

Every act of a person that changes a state appends one entry in the transaction of the act: when the
entry cannot be written, the act does not happen. One row, the head, is taken by each writer in
turn, so that there is one chain whatever the number of processes. Append late in a transaction:
the others wait for its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa

from preau.store.audit_chain import GENESIS, Entry, Fact, day_of, digest_of, facts_text

OPERATOR, HUB = "operator", "hub"
"""Who acted: a person at the command line; a step of the hub by itself."""


class Act(NamedTuple):
    """What somebody did; nothing here may name a person: roles and ids only.

    `actor` is "operator" (command line), "key:<key id>" (API) or "hub" (a step); `act` a dotted
    verb in the past tense, as "project.decided"; `object` the id acted on: a project, an instance,
    a UAI, the hub's id of a person.
    """

    actor: str
    act: str
    object: str
    facts: Mapping[str, Fact]


class Head(NamedTuple):
    """Where the chain stands: the number, day and digest of its last entry."""

    seq: int
    day: str
    digest: bytes


def by_key(key_id: str) -> str:
    """The actor behind an API key."""
    return f"key:{key_id}"


def declare(metadata: sa.MetaData) -> None:
    """Declares the tables, unless they are declared already."""
    if "audit_entry" in metadata.tables:
        return
    sa.Table(
        "audit_entry",
        metadata,
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("day", sa.Text, nullable=False, index=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("actor", "act", "object", "facts")),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in ("previous", "digest")),
    )
    sa.Table(
        "audit_head",
        metadata,
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
    )


_NAMES = ", ".join(Entry._fields)
_BEGIN = sa.text(
    "insert into audit_head (one, seq, day, digest) values (1, 0, '', :digest)"
    " on conflict (one) do nothing"
)
_TAKE = sa.text(
    "update audit_head set seq = seq + :count where one = 1 returning seq, day, digest"
)  # on PostgreSQL the row stays locked until the transaction ends; on SQLite the whole file does
_MOVE = sa.text("update audit_head set day = :day, digest = :digest where one = 1")
_PUT = sa.text(
    f"insert into audit_entry ({_NAMES}) values ({', '.join(':' + n for n in Entry._fields)})"  # noqa: S608 - our own column names
)
_HEAD = sa.text("select seq, day, digest from audit_head where one = 1")
_SOME = sa.text(
    f"select {_NAMES} from audit_entry where seq > :after order by seq limit :limit"  # noqa: S608 - the same
)
_PAGE = 1000


def append(connection: sa.Connection, act: Act, now_ms: int) -> int:
    """Writes the act at the end of the chain, in the caller's transaction; its number.

    A clock that goes back over midnight leaves the entry in the day that had begun.
    """
    return append_all(connection, [act], now_ms)


def append_all(connection: sa.Connection, acts: Sequence[Act], now_ms: int) -> int:
    """The same of several acts, one after the other; the number of the last, 0 of none."""
    if not acts:
        return 0
    last, day, previous = _take(connection, len(acts))
    day, rows = max(day, day_of(now_ms)), []
    for seq, act in enumerate(acts, last - len(acts) + 1):
        blank = Entry(seq, day, now_ms, *act, previous=previous, digest=b"")
        previous = digest_of(blank)
        rows.append({**blank._asdict(), "digest": previous, "facts": facts_text(act.facts)})
    connection.execute(_PUT, rows)
    connection.execute(_MOVE, {"day": day, "digest": previous})
    return last


def head(connection: sa.Connection) -> Head:
    """The end of the chain, as its writers left it."""
    row = connection.execute(_HEAD).one_or_none()
    return Head(0, "", GENESIS) if row is None else Head(*row)


def entries(connection: sa.Connection, after: int = 0, limit: int = _PAGE) -> list[Entry]:
    """The entries that follow this number, in order, at most so many."""
    return [_entry(row) for row in connection.execute(_SOME, {"after": after, "limit": limit})]


def every(connection: sa.Connection, after: int = 0) -> Iterator[Entry]:
    """All entries that follow this number, in order, read a page at a time."""
    while page := entries(connection, after):
        yield from page
        after = page[-1].seq


def _take(connection: sa.Connection, count: int) -> tuple[int, str, bytes]:
    """The last of so many new numbers, and the day and digest of the entry before them.

    Nobody else has them now.
    """
    row = connection.execute(_TAKE, {"count": count}).one_or_none()
    if row is None:
        connection.execute(_BEGIN, {"digest": GENESIS})
        row = connection.execute(_TAKE, {"count": count}).one()
    return row.seq, row.day, row.digest


def _entry(row: Any) -> Entry:
    read = Entry(*row)
    return read._replace(facts=orjson.loads(row.facts))
