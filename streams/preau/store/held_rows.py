"""Every row of the database that names a person, as it stands: what an export shows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from preau.store import withdrawals
from preau.store.named import named
from preau.store.persons import chunks

_BY_SOURCE = (
    *("person_entry", "person_key", "person_trace", "person_move", "person_past", "person_ruled"),
    "project_member",
)
_ENTITY_TABLES = ("outgoing", "delivery", "native_id", "filed", "receipt")


_SAID = named(
    "select distinct s.record, s.key, s.version, s.deleted from said s join said_point p"
    " on p.record = s.record and p.key = s.key where p.role = 'member' and p.target in :named"
    " order by s.record, s.key"
)
_KEYS = named("select subject, year from subject_key where subject in :named order by year")
_OF_INSTANCE = sa.text("select source, person from person_entry where source like :mine escape '!'")
_RULINGS = named(
    "select r.* from ruling r where r.id in"
    " (select ruling from ruling_source where source in :named) order by r.id"
)


def naming(
    connection: sa.Connection, sources: Collection[str], person: str
) -> dict[str, list[dict[str, Any]]]:
    """Table → its rows that name one of these accounts; of a key, that there is one."""
    found: dict[str, list[dict[str, Any]]] = {}
    for chunk in chunks(sorted(sources)):
        for table in _BY_SOURCE:
            ask = named(f"select * from {table} where source in :named")  # noqa: S608 - our own
            _add(found, table, connection.execute(ask, {"named": chunk}))
        _add(found, "said", connection.execute(_SAID, {"named": chunk}))
        _add(found, "subject_key", connection.execute(_KEYS, {"named": chunk}))
        _add(found, "ruling", connection.execute(_RULINGS, {"named": chunk}))
    for destination, entity in sorted(entities(connection, sources)):
        said = {"destination": destination, "entity": entity}
        for table in _ENTITY_TABLES:
            ask = sa.text(
                f"select * from {table} where destination = :destination"  # noqa: S608 - our own
                " and entity = :entity"
            )
            _add(found, table, connection.execute(ask, said))
    asked = sa.text("select * from erasure where person = :person")
    _add(found, "erasure", connection.execute(asked, {"person": person}))
    return found


def entities(connection: sa.Connection, sources: Collection[str]) -> set[tuple[str, str]]:
    """(destination, entity) of every membership that an ENT was told of these accounts."""
    return {each.place() for each in withdrawals.held(connection, sources)}


def _add(found: dict[str, list[dict[str, Any]]], table: str, rows: sa.CursorResult[Any]) -> None:
    for row in rows.mappings():
        found.setdefault(table, []).append(dict(row))


def people_of(connection: sa.Connection, instance: str) -> dict[str, str]:
    """Account → person, of everybody whom this instance knows, also those who left."""
    plain = instance.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = connection.execute(_OF_INSTANCE, {"mine": f"{plain}/%"})
    return {row[0]: row[1] for row in rows}
