"""Where the hub is in what it asks of each instance: cursors, and how the last calls ended.

A cursor moves only once Kafka has what it leaves behind. Functions work inside the caller's
transaction.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

WELL, TROUBLED, NEW = "well", "troubled", "new"


class Poll(NamedTuple):
    """One inlet of one instance; times are ms since 1970, 0: never.

    `cursor` is what the next call is asked with; `seen`, keyed digests of the events that it would
    give again; `moved_at` when it moved last, `asked_at` the last call, `answered_at` the last good
    answer; `code` and `said` the last error in our words, empty when the last call went well;
    `tries` how many calls failed in a row; `due` when the next round may begin.
    """

    instance: str
    inlet: str
    cursor: str
    seen: str = ""
    moved_at: int = 0
    asked_at: int = 0
    answered_at: int = 0
    code: str = ""
    said: str = ""
    tries: int = 0
    due: int = 0

    @property
    def state(self) -> str:
        """`well`, `troubled`, or `new` until it was first asked."""
        if self.code:
            return TROUBLED
        return WELL if self.answered_at else NEW


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "poll" in metadata.tables:
        return
    times = ("moved_at", "asked_at", "answered_at", "tries", "due")
    sa.Table(
        "poll",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("instance", "inlet")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("cursor", "seen", "code", "said")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in times),
    )


_NAMES = ", ".join(Poll._fields)
_BEGIN = sa.text(
    f"insert into poll ({_NAMES}) values ({', '.join(':' + n for n in Poll._fields)})"  # noqa: S608 - our own column names
    " on conflict (instance, inlet) do nothing"
)
_PUT = sa.text(
    "update poll set "  # noqa: S608 - our own column names
    + ", ".join(f"{n} = :{n}" for n in Poll._fields[2:])
    + " where instance = :instance and inlet = :inlet"
)
_ALL = sa.text(f"select {_NAMES} from poll order by instance, inlet")  # noqa: S608 - the same
_GET = sa.text(f"select {_NAMES} from poll where instance = :instance and inlet = :inlet")  # noqa: S608
_ENABLED = sa.text(
    f"select {', '.join('p.' + n for n in Poll._fields)} from poll p"  # noqa: S608 - the same
    " join instance i on i.name = p.instance where i.disabled = false"
)
_FORGET = sa.text("delete from poll where instance = :instance and inlet = :inlet")
_NOW = sa.text("update poll set due = 0 where instance = :instance")


def begin(connection: sa.Connection, poll: Poll) -> Poll:
    """The row of an inlet as it is, or this one when it was never asked."""
    connection.execute(_BEGIN, poll._asdict())
    found = get(connection, poll.instance, poll.inlet)
    return poll if found is None else found


def get(connection: sa.Connection, instance: str, inlet: str) -> Poll | None:
    """The row of an inlet of an instance."""
    told = {"instance": instance, "inlet": inlet}
    row: Any = connection.execute(_GET, told).mappings().one_or_none()
    return None if row is None else Poll(**row)


def put(connection: sa.Connection, poll: Poll) -> None:
    """Replaces what is known of an inlet that has begun."""
    connection.execute(_PUT, poll._asdict())


def every(connection: sa.Connection) -> list[Poll]:
    """All of them, by instance and inlet."""
    found: list[Any] = list(connection.execute(_ALL).mappings())
    return [Poll(**row) for row in found]


def forget(connection: sa.Connection, instance: str, inlet: str) -> None:
    """It is asked no more, and begins anew if it ever is again."""
    connection.execute(_FORGET, {"instance": instance, "inlet": inlet})


def by_state(connection: sa.Connection) -> dict[str, int]:
    """How many inlets of enabled instances are `well`, `troubled` and `new`."""
    found = dict.fromkeys((WELL, TROUBLED, NEW), 0)
    for row in connection.execute(_ENABLED).mappings():
        found[Poll(**row).state] += 1
    return found


def ask_now(connection: sa.Connection, instance: str) -> int:
    """The next round of each inlet of this instance may begin at once; how many there are."""
    return connection.execute(_NOW, {"instance": instance}).rowcount
