"""What a newer release changes in the tables of an older one, edition by edition.

A table whose key changes is put aside under another name, made anew, and filled again: the same
statements on SQLite and PostgreSQL. All of it happens in the transaction that opens the database.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import sqlalchemy as sa

from preau.store import mandates, projects
from preau.store.granting import granted


class Upgrade(NamedTuple):
    """The way to one edition.

    `before` is done before missing tables are made, `after` afterwards; `after` is given the school
    year of today, by its first calendar year.
    """

    edition: int
    before: Callable[[sa.Connection], None]
    after: Callable[[sa.Connection, int], None]


def _yearless_keys_aside(connection: sa.Connection) -> None:
    for statement in (
        "create table subject_key_before as select subject, kid, wrapped from subject_key",
        "drop table subject_key",
    ):
        connection.execute(sa.text(statement))


def _yearless_keys_back(connection: sa.Connection, year: int) -> None:
    """Keys made before keys had years are those of the year in which Préau is upgraded."""
    fill = (
        "insert into subject_key (subject, year, kid, wrapped)"
        " select subject, :year, kid, wrapped from subject_key_before"
    )
    connection.execute(sa.text(fill), {"year": year})
    connection.execute(sa.text("drop table subject_key_before"))


def _nothing(_connection: sa.Connection) -> None:
    """Nothing is in the way."""


def _mandates_given(connection: sa.Connection, _year: int) -> None:
    """What was allowed before there were mandates becomes mandates, dated 1970; no more than that.

    A project said in its own words what it was for: these words become its description.
    """
    words = "insert into project_terms select id, purpose, '', '', '', '' from project"
    connection.execute(sa.text(words))
    connection.execute(sa.text("update project set purpose = :common"), {"common": _COMMON})
    names = connection.execute(sa.text("select name from instance")).scalars()
    given = [mandates.standing(name, 0) for name in names]
    for project in projects.several(connection, projects.all_ids(connection)):
        for place in project.places:
            if place.decision == projects.AUTHORISED:
                given += granted(project, place, _NEEDS, 0)
    mandates.grant(connection, given)


def _just_indexes(_connection: sa.Connection, _year: int) -> None:
    """Indexes that are missing are made with every edition, where tables are."""


_COMMON = "PROJET_PEDAGOGIQUE"
_NEEDS = {
    "GROUP_PUT": ("group", "name"),
    "MEMBER_PUT": ("group", "member_kind", "local_id"),
    "SHARE_PUT": (
        *("share", "group", "title", "kind", "source_instance", "source_media", "permission"),
    ),
    "HOMEWORK_PUT": ("homework", "group", "title", "due"),
}
UPGRADES = (
    Upgrade(2, _yearless_keys_aside, _yearless_keys_back),
    Upgrade(3, _nothing, _mandates_given),
    Upgrade(4, _nothing, _just_indexes),
)
"""In order; a database that was just made needs none."""


def needed(found: int) -> list[Upgrade]:
    """The ways from this edition to ours; a database of edition 0 has no tables yet."""
    return [each for each in UPGRADES if 0 < found < each.edition]
