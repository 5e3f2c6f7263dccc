"""The receipts as the project's page reads them: the last answer of each ENT for each thing.

A projection of the topic `preau.receipt`; it can be emptied and filled again from Kafka.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from preau.store.later_answers import end_later


class Receipt(NamedTuple):
    """The fields of `receipt.v1`; `at` in milliseconds since 1970."""

    event_id: str
    delivery: str
    destination: str
    project: str
    entity: str
    operation: str
    version: int
    outcome: str
    reason: str
    native_id: str
    cause: str
    at: int


_TEXTS = tuple(name for name in Receipt._fields if name not in {"version", "at"})
_NAMES = ", ".join(Receipt._fields)
_PUT = sa.text(
    f"insert into receipt ({_NAMES}) values ({', '.join(':' + n for n in Receipt._fields)})"  # noqa: S608
    " on conflict (destination, entity) do update set "
    + ", ".join(f"{n} = excluded.{n}" for n in Receipt._fields)
    + " where excluded.version > receipt.version"
    " or (excluded.version = receipt.version and excluded.at >= receipt.at)"
)
_OF_PROJECT = sa.text(f"select {_NAMES} from receipt where project = :project order by at")  # noqa: S608

_BY_OUTCOME = sa.text("select outcome, count(*) from receipt group by outcome")


def declare(metadata: sa.MetaData) -> None:
    """Declares the table, unless it is declared already."""
    if "receipt" in metadata.tables:
        return
    keys = ("destination", "entity")
    sa.Table(
        "receipt",
        metadata,
        *(sa.Column(name, sa.Text, primary_key=name in keys, nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("version", "at")),
        sa.Index("receipt_project", "project"),
        sa.Index("receipt_delivery", "delivery"),
    )


class Receipts:
    """The projection; `put` is repeatable and takes receipts in any order."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def put(self, rows: Sequence[Receipt]) -> None:
        """Keeps of each (destination, entity) the highest version's latest receipt.

        An ENT may end later what it had only accepted: the outbox learns that too.
        """
        if rows:
            said = [row._asdict() for row in rows]
            with self._engine.begin() as connection:
                connection.execute(_PUT, said)
                end_later(connection, said)

    def of_project(self, project: str) -> list[Receipt]:
        """What each ENT last said of each thing in the project, oldest first."""
        with self._engine.connect() as connection:
            found = connection.execute(_OF_PROJECT, {"project": project})
            return [Receipt(*row) for row in found]

    def by_outcome(self) -> dict[str, int]:
        """How many things have each outcome as their last answer."""
        with self._engine.connect() as connection:
            return {outcome: int(count) for outcome, count in connection.execute(_BY_OUTCOME)}
