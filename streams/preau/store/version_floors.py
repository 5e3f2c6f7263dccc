"""The highest version and number that were ever forgotten of each ENT: what is new begins above.

An ENT may keep the last version that it was told of a thing for ever; the hub forgets a thing that
was withdrawn, and Kafka too. Two numbers for each ENT say nothing of anybody, and are enough: what
comes back is newer than all that was forgotten, and a step that handed over all rows up to a number
never sees that number again. Functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

EVERY_ROW = "true"
ONE_ROW = "destination = :destination and entity = :entity"
Told = Mapping[str, str | int]
"""The values of one statement's parameters."""


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "version_floor" not in metadata.tables:
        sa.Table(
            "version_floor",
            metadata,
            sa.Column("destination", sa.Text, primary_key=True),
            *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version", "seq")),
        )


_OF_ALL = sa.text("select destination, version from version_floor")


def floors(connection: sa.Connection) -> dict[str, int]:
    """Destination → the highest version forgotten there; those that forgot nothing are absent."""
    return {name: int(version) for name, version in connection.execute(_OF_ALL)}


_LAST = sa.text(
    "select coalesce(max(seq), 0) from (select max(seq) as seq from outgoing"
    " union all select max(seq) from version_floor) everything"
)


_HIGHER = ", ".join(
    f"{name} = case when excluded.{name} > version_floor.{name} then excluded.{name}"
    f" else version_floor.{name} end"
    for name in ("version", "seq")
)


def last_seq(connection: sa.Connection) -> int:
    """The highest number that a row of `outgoing` has or had."""
    return int(connection.execute(_LAST).scalar_one())


def forgetting(connection: sa.Connection, where: str, told: Told | Sequence[Told] = ()) -> None:
    """To be called before the rows of `outgoing` that fulfil `where` are deleted."""
    raising = sa.text(
        "insert into version_floor (destination, version, seq)"  # noqa: S608 - our own words
        f" select destination, max(version), max(seq) from outgoing where {where}"
        f" group by destination on conflict (destination) do update set {_HIGHER}"
    )
    connection.execute(raising, told or {})
