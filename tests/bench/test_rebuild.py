"""A territory of twenty classes, small: rebuilt from what was written, it is what it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from bench.rebuild.__main__ import Figures, measure
from bench.rebuild.state import state

from preau.broker.records import Arrival, Output
from preau.store.database import open_database

PEOPLE, PROJECTS = 500, 6


class Kept:
    """What was written, by topic, in order; the bench itself keeps it in Kafka."""

    def __init__(self) -> None:
        self.records: list[Output] = []

    def write(self, records: Sequence[Output]) -> None:
        self.records += records

    def read(self, topics: Sequence[str]) -> Iterator[list[Arrival]]:
        for each in self.records:
            if any(re.fullmatch(topic, each.topic) for topic in topics):
                yield [Arrival(each.topic, 0, 0, each.key, each.value, {})]


@pytest.fixture
def figures(database: str) -> Figures:
    return measure(database, Kept(), PEOPLE, PROJECTS)


def test_every_row_is_what_it_was_and_nothing_is_owed(figures: Figures, database: str) -> None:
    assert figures.before == figures.after
    assert figures.equal
    rows = {name: table.rows for name, table in figures.before.items()}
    assert rows["person_entry"] == 2 * PEOPLE
    assert rows["outgoing"] == rows["receipt"] == PROJECTS * (2 + 1 + 25 + 1)
    assert "equal to before, row for row" in figures.told()
    engine = open_database(database)
    with engine.begin() as connection:
        connection.execute(sa.text("update outgoing set version = 7 where version > 1"))
    assert state(engine)["outgoing"] != figures.after["outgoing"]
    engine.dispose()
