"""How the last comparison of each instance went: one row each, counts and times, nobody's name.

Functions work inside the caller's transaction.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa


class Comparison(NamedTuple):
    """One instance; times are ms since 1970, 0: never.

    `at` is the last try, `compared_at` the last one that came to its end, `due` when the next is
    due by itself; `should` is how much of what the ENT should hold could be compared, `unread` how
    many questions were answered by nothing that tells anything; `missing`, `extra` (of these
    `foreign` were never put there by the hub) and `different` what was found; `held`: too much at
    once, a person must confirm. `code` is the reason of a try that came to nothing, `tries` how
    many came to nothing in a row.
    """

    instance: str
    at: int = 0
    compared_at: int = 0
    due: int = 0
    should: int = 0
    unread: int = 0
    missing: int = 0
    extra: int = 0
    foreign: int = 0
    different: int = 0
    held: int = 0
    code: str = ""
    tries: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything was found."""
        return bool(self.missing or self.extra or self.different)


_TEXTS = frozenset({"instance", "code"})
_COLUMNS = tuple(name if name != "foreign" else "foreigners" for name in Comparison._fields)
"""`foreign` is a word of SQL."""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "comparison" in metadata.tables:
        return
    sa.Table(
        "comparison",
        metadata,
        sa.Column("instance", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text if name in _TEXTS else sa.BigInteger, nullable=False)
            for name in _COLUMNS[1:]
        ),
    )


_NAMES = ", ".join(_COLUMNS)
_PUT = sa.text(
    f"insert into comparison ({_NAMES})"  # noqa: S608 - our own column names
    f" values ({', '.join(':' + name for name in Comparison._fields)})"
    " on conflict (instance) do update set "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
)
_GET = sa.text(f"select {_NAMES} from comparison where instance = :instance")  # noqa: S608
_ALL = sa.text(f"select {_NAMES} from comparison order by instance")  # noqa: S608


def get(connection: sa.Connection, instance: str) -> Comparison:
    """How the last comparison of this instance went; a row of zeros before the first."""
    row: Any = connection.execute(_GET, {"instance": instance}).one_or_none()
    return Comparison(instance) if row is None else Comparison(*row)


def every(connection: sa.Connection) -> list[Comparison]:
    """All that there are, by instance."""
    return [Comparison(*row) for row in connection.execute(_ALL)]


def put(connection: sa.Connection, row: Comparison) -> None:
    """Replaces what is known of an instance."""
    connection.execute(_PUT, row._asdict())
