"""The erasures of people: who asked, how far each is, and what every ENT that held the person says.

Nothing here names a person once an erasure has ended: the ids of accounts are kept while letters
under way may still speak of them (a minute), those of an ENT's member until that ENT has answered.
Functions work inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.named import named
from preau.store.persons import chunks

DRAINING, WAITING, DONE = "DRAINING", "WAITING", "DONE"
"""Letters under way are worked first; ENTs are waited for; every ENT has answered."""
PENDING, EXPIRED = "PENDING", "EXPIRED"


class Erasure(NamedTuple):
    """One person erased; `person` is the hub's random id, which leads nowhere any more.

    `by` is the role of who asked, `counts` what was destroyed, by what it is. Times in milliseconds
    since 1970; `drained_at` and `ended_at` are 0 until then.
    """

    id: str
    person: str
    by: str
    keep_out: bool
    requested_at: int
    deadline: int
    state: str
    drained_at: int
    ended_at: int
    counts: Mapping[str, int]


class Recipient(NamedTuple):
    """One thing that one ENT is to withdraw; `entity` is empty once it has answered.

    `outcome` is that of a receipt, `reason` its code, `at` when it was known; `told`: Kafka has the
    `erasure_receipt.v1` that says so.
    """

    erasure: str
    number: int
    destination: str
    entity: str
    outcome: str
    reason: str
    at: int
    told: bool


def declare(metadata: sa.MetaData) -> None:
    """Declares the five tables, unless they are declared already."""
    if "erasure" in metadata.tables:
        return
    texts = ("person", "by", "state", "counts")
    times = ("requested_at", "deadline", "drained_at", "ended_at")
    sa.Table(
        "erasure",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("keep_out", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in times),
    )
    _declare_accounts(metadata)
    sa.Table(
        "erasure_recipient",
        metadata,
        sa.Column("erasure", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("destination", "entity")),
        *(sa.Column(n, sa.Text, nullable=False) for n in ("outcome", "reason")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
    )


def _declare_accounts(metadata: sa.MetaData) -> None:
    """The accounts of whoever is being erased, and of whoever is kept out."""
    sa.Table(
        "erasure_source",
        metadata,
        sa.Column("erasure", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
    )
    sa.Table(
        "erasure_terms",
        metadata,
        sa.Column("erasure", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    sa.Table(
        "kept_out",
        metadata,
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )


_ERASURE = ", ".join(f'"{name}"' for name in Erasure._fields)  # `by` is a word of SQL
_PUT = sa.text(
    f"insert into erasure ({_ERASURE})"  # noqa: S608 - our own column names
    f" values ({', '.join(':' + n for n in Erasure._fields)}) on conflict (id) do update set"
    " state = excluded.state, drained_at = excluded.drained_at, ended_at = excluded.ended_at,"
    " counts = excluded.counts"
)
_GET = sa.text(f"select {_ERASURE} from erasure where id = :id")  # noqa: S608
_OPEN = sa.text(f"select {_ERASURE} from erasure where state <> 'DONE' order by requested_at, id")  # noqa: S608
_LAST = sa.text(
    f"select {_ERASURE} from erasure order by requested_at desc, id desc limit :most"  # noqa: S608
)
_ADD_SOURCE = sa.text("insert into erasure_source values (:erasure, :source)")
_SOURCES = named(
    "select erasure, source from erasure_source where erasure in :named order by erasure, source"
)
_DROP = (
    named("delete from erasure_source where erasure in :named"),
    named("delete from erasure_terms where erasure in :named"),
)
_PUT_TERMS = sa.text("insert into erasure_terms values (:erasure, :sealed)")
_TERMS = named("select erasure, sealed from erasure_terms where erasure in :named")
_RECIPIENT = ", ".join(Recipient._fields)
_PUT_RECIPIENT = sa.text(
    f"insert into erasure_recipient ({_RECIPIENT})"  # noqa: S608
    f" values ({', '.join(':' + n for n in Recipient._fields)})"
    " on conflict (erasure, number) do update set entity = excluded.entity,"
    " outcome = excluded.outcome, reason = excluded.reason, at = excluded.at, told = excluded.told"
)
_RECIPIENTS = named(
    f"select {_RECIPIENT} from erasure_recipient where erasure in :named order by erasure, number"  # noqa: S608
)
_KEEP_OUT = sa.text(
    'insert into kept_out (digest, since, "by") values (:digest, :since, :by)'
    " on conflict (digest) do nothing"
)
_LET_IN = named("delete from kept_out where digest in :named")
_KEPT_OUT = sa.text("select digest from kept_out")


def put(connection: sa.Connection, rows: Iterable[Erasure]) -> None:
    """Writes erasures as they are now."""
    if told := [{**row._asdict(), "counts": json.dumps(dict(row.counts))} for row in rows]:
        connection.execute(_PUT, told)


def get(connection: sa.Connection, id_: str) -> Erasure | None:
    """The erasure of that id."""
    row = connection.execute(_GET, {"id": id_}).one_or_none()
    return None if row is None else _erasure(row)


def unended(connection: sa.Connection) -> list[Erasure]:
    """Every erasure that is not DONE, the oldest first."""
    return [_erasure(row) for row in connection.execute(_OPEN)]


def last(connection: sa.Connection, most: int = 50) -> list[Erasure]:
    """The last ones, the youngest first."""
    return [_erasure(row) for row in connection.execute(_LAST, {"most": most})]


def put_sources(
    connection: sa.Connection,
    sources: Mapping[str, Collection[str]],
    terms: Mapping[str, bytes],
) -> None:
    """Remembers the accounts of whoever is erased, for as long as letters are under way.

    Both by erasure; `terms`: what tells the person in a letter, sealed by the caller.
    """
    if sealed := [{"erasure": erasure, "sealed": each} for erasure, each in terms.items()]:
        connection.execute(_PUT_TERMS, sealed)
    rows = [{"erasure": e, "source": source} for e, each in sources.items() for source in each]
    if rows:
        connection.execute(_ADD_SOURCE, rows)


def sources_of(connection: sa.Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """Those accounts, by erasure; none once the letters were worked."""
    found: dict[str, list[str]] = {id_: [] for id_ in ids}
    for chunk in chunks(sorted(ids)):
        for erasure, source in connection.execute(_SOURCES, {"named": chunk}):
            found[erasure].append(source)
    return found


def terms_of(connection: sa.Connection, ids: Collection[str]) -> dict[str, bytes]:
    """Those terms, by erasure; none once the letters were worked."""
    return {
        erasure: sealed
        for chunk in chunks(sorted(ids))
        for erasure, sealed in connection.execute(_TERMS, {"named": chunk})
    }


def drop_sources(connection: sa.Connection, ids: Collection[str]) -> None:
    """Forgets both."""
    for chunk in chunks(sorted(ids)):
        for statement in _DROP:
            connection.execute(statement, {"named": chunk})


def put_recipients(connection: sa.Connection, rows: Sequence[Recipient]) -> None:
    """Writes what ENTs are asked, or what they have answered."""
    if rows:
        connection.execute(_PUT_RECIPIENT, [row._asdict() for row in rows])


def recipients(connection: sa.Connection, ids: Collection[str]) -> dict[str, list[Recipient]]:
    """What every ENT is asked, by erasure, in the order of its numbers."""
    found: dict[str, list[Recipient]] = {id_: [] for id_ in ids}
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(_RECIPIENTS, {"named": chunk}):
            found[row[0]].append(Recipient(*row)._replace(told=bool(row[-1])))
    return found


def keep_out(connection: sa.Connection, digests: Iterable[str], by: str, now_ms: int) -> None:
    """Whoever says these accounts again is not heard; keyed digests, see `preau.keys.digest`."""
    if rows := [{"digest": d, "since": now_ms, "by": by} for d in sorted(digests)]:
        connection.execute(_KEEP_OUT, rows)


def let_in(connection: sa.Connection, digests: Collection[str]) -> int:
    """They are heard again; how many were not."""
    return sum(
        connection.execute(_LET_IN, {"named": chunk}).rowcount for chunk in chunks(sorted(digests))
    )


def kept_out(connection: sa.Connection) -> frozenset[str]:
    """The digests of every account that is not heard."""
    return frozenset(connection.execute(_KEPT_OUT).scalars())


def _erasure(row: Sequence[Any]) -> Erasure:
    said = Erasure(*row)
    return said._replace(counts=json.loads(row[-1]), keep_out=bool(said.keep_out))
