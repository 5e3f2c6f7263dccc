"""A database of each earlier edition opens as one that was just made, with what was in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from preau.clock import SetClock
from preau.store import mandates, projects
from preau.store.database import EDITION, prepare
from preau.store.projects import AUTHORISED
from tests.history.freeze_database import FROZEN, statements
from tests.store.tally import Open

NOW = SetClock(1_791_793_800_000)
EDITIONS = range(1, EDITION)
_PROJECT = (
    "insert into project values ('p-1', 'g-1', 'Défi', 'lire ensemble', '2026-10-12',"
    " '2027-07-02', 'OPEN', 3, 'e', 5)"
)
_PLACE = (
    f"insert into project_place values ('p-1', '0119010J', 'college', '{AUTHORISED}',"
    " 'PRINCIPAL', 7, 0)"
)


def made_then(engine: sa.Engine, edition: int) -> None:
    """Every table as that edition made it; one project that the collège has authorised."""
    file = FROZEN / f"{edition}.{engine.dialect.name}.sql"
    if not file.exists():
        pytest.skip(f"edition {edition} knew no {engine.dialect.name}")
    filled = (_PROJECT, _PLACE, f"insert into schema_edition values ({edition})")
    with engine.begin() as connection:
        for statement in (*file.read_text("utf-8").split(";\n"), *filled):
            if statement.strip():
                connection.exec_driver_sql(statement)


def shape(engine: sa.Engine) -> dict[str, Any]:
    """Columns, keys and indexes of every table, whatever their order."""
    seen = sa.inspect(engine)
    return {
        table: (
            {each["name"]: (str(each["type"]), each["nullable"]) for each in columns},
            sorted(seen.get_pk_constraint(table)["constrained_columns"]),
            sorted(str(each["name"]) for each in seen.get_indexes(table)),
        )
        for table in seen.get_table_names()
        for columns in [seen.get_columns(table)]
    }


def emptied(engine: sa.Engine) -> sa.Engine:
    """The same, with the tables of today made from nothing."""
    there = sa.MetaData()
    there.reflect(engine)
    there.drop_all(engine)
    prepare(engine, NOW)
    return engine


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_database_of_an_earlier_edition_becomes_one_of_today(edition: int, opened: Open) -> None:
    old = opened()
    made_then(old, edition)
    prepare(old, NOW)
    prepare(old, NOW)
    with old.connect() as connection:
        noted = connection.execute(sa.text("select max(edition) from schema_edition")).scalar()
    assert noted == EDITION
    assert shape(old) == shape(emptied(old))


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_was_authorised_then_is_known_today_and_given_once(edition: int, opened: Open) -> None:
    old = opened()
    made_then(old, edition)
    prepare(old, NOW)
    prepare(old, NOW)
    with old.connect() as connection:
        (project,) = projects.several(connection, projects.all_ids(connection))
        given = mandates.of_project(connection, "p-1")
    assert (project.title, project.places[0].decision) == ("Défi", AUTHORISED)
    directions = sorted(each.direction for each in given)
    assert directions == (["PUBLISH", "RECEIVE"] if edition < 3 else [])


def test_every_earlier_edition_is_frozen() -> None:
    frozen = {int(file.name.partition(".")[0]) for file in Path(FROZEN).glob("*.sql")}
    assert frozen >= set(EDITIONS)


def test_what_would_be_frozen_today_makes_the_tables_of_today(opened: Open) -> None:
    new = opened()
    with new.begin() as connection:
        for statement in statements(new.dialect.name).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    assert shape(new) == shape(emptied(new))
