"""What people ruled about who is who, as the identity step reads it: never undone without a trace.

A ruling names sources, not people: sources stay what they are when people are merged and parted.
`said_at` tells when Kafka was last known to have it. Functions work inside the caller's
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.named import named
from preau.store.persons import chunks

SAME, DIFFERENT, APART = "SAME", "DIFFERENT", "APART"


class Ruling(NamedTuple):
    """One ruling; times in ms since 1970, `undone_at` 0 and `undone_by` empty while it holds.

    SAME: the people of `left` and `right` are one. DIFFERENT: names and birth date make them none.
    APART: the one source of `left` is none of `right`, and the `keys` by which it was are not
    believed of it. `rule` is that of the pair; `ruled_by` and `undone_by` are roles, never names.
    """

    id: str
    kind: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    rule: str
    keys: tuple[str, ...]
    ruled_by: str
    at: int
    undone_by: str = ""
    undone_at: int = 0
    version: int = 1

    @property
    def sources(self) -> set[str]:
        """Every source that it names."""
        return {*self.left, *self.right}


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "ruling" in metadata.tables:
        return
    sa.Table(
        "ruling",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", *_LISTS, "rule")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("ruled_by", "undone_by")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("at", "undone_at")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version", "said_at")),
        sa.Index("ruling_said", "said_at"),
    )
    sa.Table(
        "ruling_source",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("ruling", "source")),
        sa.Index("ruling_source_source", "source"),
    )


_LISTS = ("left", "right", "keys")
_NAMES = ", ".join(f'"{name}"' for name in Ruling._fields)  # left and right are words of SQL
_OURS = ", ".join(f'r."{name}"' for name in Ruling._fields)
_PUT = sa.text(
    f"insert into ruling ({_NAMES}, said_at)"  # noqa: S608 - our own column names
    f" values ({', '.join(':' + name for name in Ruling._fields)}, :said_at)"
    " on conflict (id) do update set version = excluded.version, undone_by = excluded.undone_by,"
    " undone_at = excluded.undone_at, said_at = excluded.said_at"
    " where excluded.version > ruling.version"
    " or (excluded.version = ruling.version and excluded.said_at > ruling.said_at)"
)
_POINT = sa.text("insert into ruling_source values (:ruling, :source) on conflict do nothing")
_ANY = sa.text("select 1 from ruling where undone_at = 0 limit 1")
_ANY_KNOWN = sa.text("select 1 from ruling limit 1")
_ANY_APART = sa.text("select 1 from ruling where kind = 'APART' and undone_at = 0 limit 1")
_ALL = sa.text(f'select {_NAMES} from ruling order by "at" desc, id desc')  # noqa: S608 - the same
_NEEDED = (
    "(r.undone_at = 0 and exists (select 1 from ruling_source s join person_entry e"
    " on e.source = s.source where s.ruling = r.id and not e.deleted))"
)
_DUE = sa.text(
    f"select {_OURS} from ruling r where r.said_at < :before"  # noqa: S608 - the same
    f" and (r.said_at = 0 or {_NEEDED}) order by r.id"
)
_OLD = sa.text(
    "select r.id from ruling r where r.said_at > 0 and r.said_at < :before"  # noqa: S608 - the same
    f" and not {_NEEDED}"
)


_BY_ID = named(f"select {_NAMES} from ruling where id in :named")  # noqa: S608 - the same
_OF = named(
    f"select distinct {_OURS} from ruling_source s"  # noqa: S608 - the same
    " join ruling r on r.id = s.ruling where s.source in :named"
)
_DROP = (
    named("delete from ruling_source where ruling in :named"),
    named("delete from ruling where id in :named"),
)
_SAID = named("update ruling set said_at = :now where id in :named")


def put(connection: sa.Connection, rulings: Iterable[Ruling], said_at: int = 0) -> None:
    """Keeps these, unless a higher version is there; `said_at` 0: Kafka may not have them."""
    given = list(rulings)
    if not given:
        return
    lists = [{name: json.dumps(getattr(each, name)) for name in _LISTS} for each in given]
    rows = [
        {**each._asdict(), **texts, "said_at": said_at}
        for each, texts in zip(given, lists, strict=True)
    ]
    connection.execute(_PUT, rows)
    points = [{"ruling": each.id, "source": s} for each in given for s in sorted(each.sources)]
    connection.execute(_POINT, points)


def any_hold(connection: sa.Connection) -> bool:
    """Whether there is one that holds."""
    return connection.execute(_ANY).first() is not None


def any_known(connection: sa.Connection) -> bool:
    """Whether there ever was one, as far as is remembered."""
    return connection.execute(_ANY_KNOWN).first() is not None


def any_apart(connection: sa.Connection) -> bool:
    """Whether one that holds sets a source apart."""
    return connection.execute(_ANY_APART).first() is not None


def holding(connection: sa.Connection, sources: Collection[str]) -> list[Ruling]:
    """Those that hold and name one of these sources, by id."""
    return [each for each in naming(connection, sources) if not each.undone_at]


def naming(connection: sa.Connection, sources: Collection[str]) -> list[Ruling]:
    """Those that name one of these sources, also the undone ones, by id."""
    found = {
        each.id: each
        for chunk in chunks(sorted(sources))
        for each in _read(connection.execute(_OF, {"named": chunk}))
    }
    return [found[id_] for id_ in sorted(found)]


def by_id(connection: sa.Connection, ids: Collection[str]) -> dict[str, Ruling]:
    """These, by id."""
    return {
        each.id: each
        for chunk in chunks(sorted(ids))
        for each in _read(connection.execute(_BY_ID, {"named": chunk}))
    }


def every(connection: sa.Connection) -> list[Ruling]:
    """All of them, the youngest first."""
    return list(_read(connection.execute(_ALL)))


def due(connection: sa.Connection, before_ms: int) -> list[Ruling]:
    """Those that Kafka may not have, and those that hold and were last said before that time.

    The latter only while one of their sources is there: nobody else says a ruling again.
    """
    return list(_read(connection.execute(_DUE, {"before": before_ms})))


def mark_said(connection: sa.Connection, ids: Collection[str], now_ms: int) -> None:
    """Kafka has these now."""
    for chunk in chunks(sorted(ids)):
        connection.execute(_SAID, {"named": chunk, "now": now_ms})


def sweep(connection: sa.Connection, before_ms: int) -> None:
    """Forgets those that were last said before that time, as Kafka has; not one that is needed.

    Needed is what holds while one of its sources is there: a hub closed all summer says it again.
    """
    old = list(connection.execute(_OLD, {"before": before_ms}).scalars())
    for chunk in chunks(old):
        for statement in _DROP:
            connection.execute(statement, {"named": chunk})


def _read(rows: Iterable[Any]) -> Iterator[Ruling]:
    for row in rows:
        id_, kind, left, right, rule, keys, ruled_by, at, undone_by, undone_at, version = row
        lists = (tuple(json.loads(text)) for text in (left, right, keys))
        left, right, keys = lists
        times = int(at), undone_by, int(undone_at), int(version)
        yield Ruling(id_, kind, left, right, rule, keys, ruled_by, *times)
