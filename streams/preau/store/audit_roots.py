"""The signed roots of the audit chain in SQL: one per day, kept when the day's entries are gone.

The signing key is made with the first root, and wrapped by the master key; its public half goes out
with every export. Functions work inside the caller's transaction.
"""

from __future__ import annotations

import sqlalchemy as sa

from preau.keys.master import MasterKey
from preau.keys.signing import SigningKey, new_seed
from preau.store import audit
from preau.store.audit_chain import GENESIS, Root, day_of

KEPT_MS = 365 * 86_400_000
"""How long entries are kept; afterwards only the root of their day is."""
_BOUND = b"audit-key"


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "audit_root" in metadata.tables:
        return
    sa.Table(
        "audit_root",
        metadata,
        sa.Column("day", sa.Text, primary_key=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("first", "last", "at")),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in _BYTES),
    )
    sa.Table(
        "audit_key",
        metadata,
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )


_BYTES = ("digest", "previous", "signature")
_NAMES = ", ".join(f'"{name}"' for name in Root._fields)  # FIRST is a word of SQL
_VALUES = ", ".join(f":{name}" for name in Root._fields)
_PUT = sa.text(
    f"insert into audit_root ({_NAMES}) values ({_VALUES}) on conflict (day) do nothing"  # noqa: S608 - our own column names
)
_ALL = sa.text(f"select {_NAMES} from audit_root order by day")  # noqa: S608 - the same
_TURN = sa.text("update audit_head set day = :day where one = 1 and day < :day")
_OPEN_DAYS = sa.text(
    "select day, min(seq), max(seq) from audit_entry where day < :day and seq > :after"
    " group by day order by day"
)
_DIGEST = sa.text("select digest from audit_entry where seq = :seq")
_FORGET = sa.text(
    "delete from audit_entry where day <= :day and day in (select day from audit_root)"
)
_KEY = sa.text("select wrapped from audit_key")
_PUT_KEY = sa.text(
    "insert into audit_key (one, wrapped) values (1, :wrapped) on conflict (one) do nothing"
)


def signing_key(connection: sa.Connection, master: MasterKey) -> SigningKey:
    """The key of this hub's roots, made when there is none; `Stop` (MASTER_KEY_WRONG)."""
    wrapped = connection.execute(_KEY).scalar()
    if wrapped is None:
        connection.execute(_PUT_KEY, {"wrapped": master.wrap(new_seed(), _BOUND)})
        wrapped = connection.execute(_KEY).scalar_one()  # another process may have been first
    return SigningKey(master.unwrap(wrapped, _BOUND))


def roots(connection: sa.Connection) -> list[Root]:
    """Every root, by day."""
    return [Root(*row) for row in connection.execute(_ALL)]


def close_days(connection: sa.Connection, key: SigningKey, now_ms: int) -> list[Root]:
    """Signs the root of every day that is over and has none yet; gives these.

    The head is moved to today first: whoever wrote yesterday's last entry has ended by then, and
    nobody writes one after it.
    """
    today = day_of(now_ms)
    connection.execute(_TURN, {"day": today})
    known = roots(connection)
    after, previous = (known[-1].last, known[-1].digest) if known else (0, GENESIS)
    made = []
    for day, first, last in connection.execute(_OPEN_DAYS, {"day": today, "after": after}).all():
        digest = connection.execute(_DIGEST, {"seq": last}).scalar_one()
        made.append(_signed(Root(day, first, last, digest, previous, now_ms), key))
        previous = digest
    if made:
        connection.execute(_PUT, [root._asdict() for root in made])
    return made


def root_so_far(connection: sa.Connection, key: SigningKey, now_ms: int) -> Root | None:
    """A root of the day that is not over, for whoever is to hold its present end; not kept here."""
    end, known = audit.head(connection), roots(connection)
    after, previous = (known[-1].last, known[-1].digest) if known else (0, GENESIS)
    if end.seq == after:
        return None
    return _signed(Root(end.day, after + 1, end.seq, end.digest, previous, now_ms), key)


def forget(connection: sa.Connection, now_ms: int) -> int:
    """Deletes the entries of days older than `KEPT_MS` that have their root; how many."""
    return connection.execute(_FORGET, {"day": last_gone(now_ms)}).rowcount


def last_gone(now_ms: int) -> str:
    """The youngest day whose entries need not be there any more."""
    return day_of(now_ms - KEPT_MS)


def _signed(root: Root, key: SigningKey) -> Root:
    return root._replace(signature=key.sign(root.message()))
