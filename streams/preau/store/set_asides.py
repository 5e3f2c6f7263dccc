"""What was set aside, as people look at it: a projection of `preau.setaside.<connector>`.

It may be emptied and filled again from Kafka. What a person decided of a row (sent again, dropped)
is beside it, in `set_aside_decision`, and counts for the bytes it was decided on: the same event
refused at another place of its topic is open again. Functions work inside the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from preau.store.persons import chunks

OPEN, REDRIVEN, DROPPED, HUMAN = "OPEN", "REDRIVEN", "DROPPED", "HUMAN"
"""State of a row: to be decided; sent again and not refused since; given up; sent in vain often."""
REDRIVES = 5
"""After so many redrives in vain, a person must mend what is refused."""


class SetAsideRow(NamedTuple):
    """One refusal, as `set_aside.v1` says it; `seq` is its offset in its topic of set-asides.

    `topic`, `part`, `place`: where the bytes as received lie, `place` -1 when they are in a file.
    `redriven`: how often these bytes had been sent again when they were refused. `first_at` and
    `last_at` in milliseconds since 1970.
    """

    event_id: str
    instance: str
    connector: str
    event: str
    code: str
    field: str
    found: str
    known: tuple[str, ...]
    fix: str
    topic: str
    part: int
    place: int
    path: str
    redriven: int
    first_at: int
    last_at: int
    seq: int


class Kept(NamedTuple):
    """A row and its state."""

    row: SetAsideRow
    state: str


class Chosen(NamedTuple):
    """Which rows; an empty text or None: whatever. `since` in milliseconds since 1970."""

    connector: str = ""
    instance: str = ""
    code: str = ""
    since: int | None = None
    state: str = ""


class Cause(NamedTuple):
    """Rows with one reason: how many, when the first and last came; `state` is theirs."""

    connector: str
    event: str
    code: str
    field: str
    state: str
    records: int
    first_at: int
    last_at: int
    fix: str


def declare(metadata: sa.MetaData) -> None:
    """Declares the two tables, unless they are declared already."""
    if "set_aside" in metadata.tables:
        return
    sa.Table(
        "set_aside",
        metadata,
        sa.Column("event_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in _NUMBERS),
        sa.Index("set_aside_cause", "connector", "code", "event", "field"),
        sa.Index("set_aside_last", "last_at"),
    )
    sa.Table(
        "set_aside_decision",
        metadata,
        sa.Column("event_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("decision", "topic")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in _DECIDED),
    )


_NUMBERS = ("part", "place", "redriven", "first_at", "last_at", "seq")
_TEXTS = tuple(name for name in SetAsideRow._fields[1:] if name not in _NUMBERS)
_DECIDED = ("part", "place", "seq", "at")
_NAMES = ", ".join(SetAsideRow._fields)
_PUT = sa.text(
    f"insert into set_aside ({_NAMES}) values ({', '.join(':' + n for n in SetAsideRow._fields)})"  # noqa: S608 - our own column names
    " on conflict (event_id) do update set "
    + ", ".join(f"{n} = excluded.{n}" for n in SetAsideRow._fields[1:] if n != "first_at")
    + ", first_at = case when excluded.first_at < set_aside.first_at then excluded.first_at"
    " else set_aside.first_at end where excluded.seq >= set_aside.seq"
)
_STATE = (
    "case when d.decision is not null and d.topic = s.topic and d.part = s.part"
    " and d.place = s.place and (s.place >= 0 or d.seq = s.seq) then d.decision"
    f" when s.redriven >= {REDRIVES} then '{HUMAN}' else '{OPEN}' end"
)
_KEPT = (
    f"select {', '.join('s.' + n for n in SetAsideRow._fields)}, {_STATE} as state"  # noqa: S608
    " from set_aside s left join set_aside_decision d on d.event_id = s.event_id"
)
_CHOSEN = (
    " where (:connector = '' or connector = :connector) and (:instance = '' or"
    " instance = :instance) and (:code = '' or code = :code) and last_at >= :since"
    " and (:state = '' or state = :state)"
)
_FIND = sa.text(f"select * from ({_KEPT}) k{_CHOSEN} order by topic, part, place limit :limit")  # noqa: S608
_NAMED = sa.text(f"{_KEPT} where s.event_id in :named").bindparams(
    sa.bindparam("named", expanding=True)
)
_AT_PLACE = sa.text(f"{_KEPT} where s.topic = :topic and s.part = :part and s.place in :named")
_AT_PLACE = _AT_PLACE.bindparams(sa.bindparam("named", expanding=True))
_CAUSES = sa.text(
    "select connector, event, code, field, state, count(*), min(first_at), max(last_at), max(fix)"  # noqa: S608
    f" from ({_KEPT}) k{_CHOSEN} group by connector, event, code, field, state"
    " order by count(*) desc, connector, event, code, field, state"
)
_EXAMPLES = sa.text(
    f"select * from ({_KEPT}) k where connector = :connector and event = :event"  # noqa: S608
    " and code = :code and field = :field and state = :state order by seq desc limit :limit"
)
_DECIDE = sa.text(
    "insert into set_aside_decision (event_id, decision, topic, part, place, seq, at)"
    " values (:event_id, :decision, :topic, :part, :place, :seq, :at)"
    " on conflict (event_id) do update set decision = excluded.decision, topic = excluded.topic,"
    " part = excluded.part, place = excluded.place, seq = excluded.seq, at = excluded.at"
)
_SWEEP = sa.text("delete from set_aside where last_at < :before")
_SWEEP_DECISIONS = sa.text(
    "delete from set_aside_decision where at < :before"
    " and event_id not in (select event_id from set_aside)"
)
_COUNT = sa.text(f"select state, count(*) from ({_KEPT}) k group by state")  # noqa: S608


def put(connection: sa.Connection, rows: Iterable[SetAsideRow]) -> None:
    """Keeps of each event id what its topic said last; a repeat changes nothing."""
    if said := [{**row._asdict(), "known": json.dumps(row.known)} for row in rows]:
        connection.execute(_PUT, said)


def causes(connection: sa.Connection, chosen: Chosen) -> list[Cause]:
    """The chosen rows by reason, the most frequent first."""
    return [Cause(*row) for row in connection.execute(_CAUSES, _said(chosen))]


def examples(connection: sa.Connection, cause: Cause, limit: int = 3) -> list[Kept]:
    """The last rows of a cause."""
    return list(_read(connection.execute(_EXAMPLES, {**cause._asdict(), "limit": limit})))


def find(connection: sa.Connection, chosen: Chosen, limit: int) -> list[Kept]:
    """The chosen rows, in the order in which their bytes were received."""
    return list(_read(connection.execute(_FIND, {**_said(chosen), "limit": limit})))


def named(connection: sa.Connection, ids: Collection[str]) -> list[Kept]:
    """The rows with these event ids, those unknown left out."""
    return [
        kept
        for chunk in chunks(sorted(ids))
        for kept in _read(connection.execute(_NAMED, {"named": chunk}))
    ]


def beside(connection: sa.Connection, rows: Sequence[SetAsideRow]) -> list[Kept]:
    """Every refusal of the events that these are refusals of, these included."""
    found: dict[str, Kept] = {}
    by_part: dict[tuple[str, int], set[int]] = {}
    for row in rows:
        by_part.setdefault((row.topic, row.part), set()).add(row.place)
    for (topic, part), places in sorted(by_part.items()):
        for chunk in chunks(sorted(map(str, places))):
            said = {"topic": topic, "part": part, "named": [int(each) for each in chunk]}
            found |= {
                kept.row.event_id: kept for kept in _read(connection.execute(_AT_PLACE, said))
            }
    return list(found.values())


def decide(
    connection: sa.Connection, rows: Iterable[SetAsideRow], decision: str, now_ms: int
) -> None:
    """REDRIVEN or DROPPED, for these rows as they are now."""
    said = [{**row._asdict(), "decision": decision, "at": now_ms} for row in rows]
    if said:
        connection.execute(_DECIDE, [{n: each[n] for n in _DECISION} for each in said])


_DECISION = ("event_id", "decision", "topic", *_DECIDED)


def sweep(connection: sa.Connection, before_ms: int) -> None:
    """Forgets what Kafka forgets: rows that nothing renewed since then, and their decisions."""
    connection.execute(_SWEEP, {"before": before_ms})
    connection.execute(_SWEEP_DECISIONS, {"before": before_ms})


def by_state(connection: sa.Connection) -> dict[str, int]:
    """How many rows are in each state."""
    return {state: int(count) for state, count in connection.execute(_COUNT)}


def _said(chosen: Chosen) -> dict[str, Any]:
    return {**chosen._asdict(), "since": chosen.since or 0}


def _read(rows: Iterable[Any]) -> Iterator[Kept]:
    for *said, state in rows:
        row = SetAsideRow(*said)
        yield Kept(row._replace(known=tuple(json.loads(said[_KNOWN]))), state)


_KNOWN = SetAsideRow._fields.index("known")
