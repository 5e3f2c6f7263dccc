"""Who is known: every account and file entry, the keys that tell it, and the person it belongs to.

A key (national reference, INE digest, staff number, digest of a pupil's names and birth date) is
kept only to compare; it goes when its entry goes. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.named import named

CHUNK = 500
NAME_BIRTH = "name_birth"
"""The kind of key that is compared and never decides: names and birth date, keyed."""
_NUMBER = sa.BigInteger


class Entry(NamedTuple):
    """One account or file entry: `source` is `<instance>/<source id>`, `person` the hub's own id.

    `version` is the vendor's, of the state last seen; `decisions` counts the decisions on it, the
    last of which was taken `at` (ms since 1970).
    """

    source: str
    version: int
    deleted: bool
    person: str
    rule: str
    decisions: int
    at: int


class MatchKey(NamedTuple):
    """What a source can be recognised by: kind (`national_ref`, `ine_digest`, …) and value."""

    source: str
    kind: str
    value: str


def declare(metadata: sa.MetaData) -> None:
    """Declares the three tables, unless they are declared already."""
    if "person_entry" in metadata.tables:
        return
    sa.Table(
        "person_entry",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("version", _NUMBER, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("person", sa.Text, nullable=False, index=True),
        sa.Column("rule", sa.Text, nullable=False),
        *(sa.Column(name, _NUMBER, nullable=False) for name in ("decisions", "at")),
        sqlite_with_rowid=False,
    )
    sa.Table(
        "person_key",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("source", "kind", "value")),
        sa.Index("person_key_value", "kind", "value"),
        sqlite_with_rowid=False,
    )
    sa.Table("person_move", metadata, sa.Column("source", sa.Text, primary_key=True))


_ENTRY = ", ".join(Entry._fields)
_VALUES = ", ".join(f":{name}" for name in Entry._fields)
_NEWER = ", ".join(f"{name} = excluded.{name}" for name in Entry._fields[1:])


_BY_SOURCE = named(f"select {_ENTRY} from person_entry where source in :named")  # noqa: S608 - our own column names
_BY_PERSON = named(
    f"select {_ENTRY} from person_entry where person in :named and not deleted"  # noqa: S608
)
_EVER = named(f"select {_ENTRY} from person_entry where person in :named")  # noqa: S608
_KEYS_OF = named("select source, kind, value from person_key where source in :named")
_SOURCES_WITH = named("select source from person_key where kind = :kind and value in :named")
_HOLDERS = named(
    "select source, kind, value from person_key where kind = :kind and value in :named"
)
_ALIKE = sa.text(
    "select k.value, e.person, k.source from person_key k join person_entry e"
    " on e.source = k.source where k.kind = :kind and not e.deleted and k.value in"
    " (select a.value from person_key a join person_entry b on b.source = a.source"
    " where a.kind = :kind and not b.deleted group by a.value"
    " having count(distinct b.person) > 1) order by k.value, e.person, k.source"
)
_EVERYBODY = sa.text("select source, person from person_entry where not deleted")
_EVERY_KEY = sa.text("select source, kind, value from person_key")
_PUT = sa.text(
    f"insert into person_entry ({_ENTRY}) values ({_VALUES})"  # noqa: S608
    f" on conflict (source) do update set {_NEWER}"
)
_DROP_KEY = sa.text(
    "delete from person_key where source = :source and kind = :kind and value = :value"
)
_ADD_KEY = sa.text("insert into person_key values (:source, :kind, :value) on conflict do nothing")
_MOVES = sa.text("select source from person_move")
_ADD_MOVE = sa.text("insert into person_move values (:source) on conflict do nothing")
_DROP_MOVES = named("delete from person_move where source in :named")


def chunks(named: Iterable[str]) -> Iterator[list[str]]:
    """The names, five hundred at a time: what one statement may bind."""
    waiting = iter(named)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def entries(connection: sa.Connection, sources: Collection[str]) -> dict[str, Entry]:
    """What is known of these sources, deleted ones included."""
    return {each.source: each for each in _entries(connection, _BY_SOURCE, sources)}


def living(connection: sa.Connection, people: Collection[str]) -> dict[str, Entry]:
    """Every source of these people that still exists."""
    return {each.source: each for each in _entries(connection, _BY_PERSON, people)}


def ever(connection: sa.Connection, people: Collection[str]) -> dict[str, Entry]:
    """Every source of these people, deleted ones included as long as they are kept."""
    return {each.source: each for each in _entries(connection, _EVER, people)}


def keys_of(connection: sa.Connection, sources: Collection[str]) -> list[MatchKey]:
    """The keys of these sources."""
    return [
        MatchKey(*row)
        for chunk in chunks(sources)
        for row in connection.execute(_KEYS_OF, {"named": chunk}).all()
    ]


def sources_with(connection: sa.Connection, keys: Iterable[MatchKey]) -> set[str]:
    """Every source that has one of these keys."""
    by_kind: dict[str, set[str]] = {}
    for key in keys:
        by_kind.setdefault(key.kind, set()).add(key.value)
    return {
        source
        for kind, values in by_kind.items()
        for chunk in chunks(sorted(values))
        for source in connection.execute(_SOURCES_WITH, {"kind": kind, "named": chunk}).scalars()
    }


def holders(connection: sa.Connection, kind: str, values: Collection[str]) -> list[MatchKey]:
    """Every living entry that has one of these keys."""
    return [
        MatchKey(*row)
        for chunk in chunks(sorted(values))
        for row in connection.execute(_HOLDERS, {"kind": kind, "named": chunk}).all()
    ]


def every_person(connection: sa.Connection) -> dict[str, str]:
    """Source → person of everybody who is there."""
    return {row[0]: row[1] for row in connection.execute(_EVERYBODY)}


def every_key(connection: sa.Connection) -> Iterator[MatchKey]:
    """All keys of everybody."""
    for row in connection.execute(_EVERY_KEY):
        yield MatchKey(*row)


def alike(connection: sa.Connection) -> Iterator[dict[str, list[str]]]:
    """Person → sources, for each set of several people who have the same names and birth date."""
    rows = connection.execute(_ALIKE, {"kind": NAME_BIRTH})
    for _, same in groupby(rows, key=itemgetter(0)):
        found: dict[str, list[str]] = {}
        for _, person, source in same:
            found.setdefault(person, []).append(source)
        yield found


def put_keys(
    connection: sa.Connection, held: Iterable[MatchKey], wanted: Iterable[MatchKey]
) -> None:
    """Writes `wanted` in the place of `held`, the keys that these sources had until now."""
    before, after = set(held), set(wanted)
    for statement, changed in ((_DROP_KEY, before - after), (_ADD_KEY, after - before)):
        if changed:
            connection.execute(statement, [key._asdict() for key in sorted(changed)])


def put_entries(connection: sa.Connection, rows: Iterable[Entry]) -> None:
    """Writes entries as they are now."""
    if said := [row._asdict() for row in rows]:
        connection.execute(_PUT, said)


def moves(connection: sa.Connection) -> set[str]:
    """The sources on which something was decided that Kafka may not have, without a word of theirs.

    Whoever spoke is not among them: until Kafka has the decision, it repeats what was spoken.
    """
    return set(connection.execute(_MOVES).scalars())


def put_moves(connection: sa.Connection, sources: Collection[str]) -> None:
    """Remembers that these were decided on without having spoken."""
    if sources:
        connection.execute(_ADD_MOVE, [{"source": source} for source in sorted(sources)])


def drop_moves(connection: sa.Connection, sources: Collection[str]) -> None:
    """Kafka has what was decided on these."""
    for chunk in chunks(sources):
        connection.execute(_DROP_MOVES, {"named": chunk})


def _entries(
    connection: sa.Connection, statement: sa.TextClause, named: Collection[str]
) -> Iterator[Entry]:
    for chunk in chunks(sorted(named)):
        for row in connection.execute(statement, {"named": chunk}).all():
            yield _entry(row)


def _entry(row: Any) -> Entry:
    source, version, deleted, person, rule, decisions, at = row
    return Entry(source, int(version), bool(deleted), person, rule, int(decisions), int(at))
