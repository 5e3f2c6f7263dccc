"""What every ENT should hold, computed anew from what was said and decided, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from preau.agents.projects import ProjectsStep
from preau.clock import SystemClock
from preau.store import outgoing, projects
from preau.store.database import open_database
from preau.store.outgoing import Row
from tests.faults.world import World

_FORGOTTEN = ("outgoing", "delivery", "delivery_parent", "native_id", "receipt", "waiting")
"""What tells of deliveries that were made; the rest is what was said, decided and recognised."""


def from_scratch(world: World, room: Path) -> list[Row]:
    """What a hub that never delivered anything would deliver now."""
    file = room / "scratch.db"
    with (
        closing(sqlite3.connect(world.settings.folder / "preau.db")) as live,
        closing(sqlite3.connect(file)) as copy,
    ):
        live.backup(copy)
        for table in _FORGOTTEN:
            copy.execute(f"delete from {table}")
        copy.commit()
    control = world.control
    engine = open_database(f"sqlite:///{file}")
    try:
        ProjectsStep(engine, control.recipient, control.pseudonyms(), SystemClock()).opening()
        with engine.connect() as connection:
            return _wanted(connection)
    finally:
        engine.dispose()
        file.unlink()


def delivered(world: World) -> list[Row]:
    """What the hub itself wants them to hold, after all that happened."""
    with world.control.engine.connect() as connection:
        return _wanted(connection)


def told(rows: Iterable[Row]) -> list[tuple[str, str, str, dict[str, Any]]]:
    """The same without what depends on the way there."""
    return sorted(
        ((r.destination, r.entity, r.operation, dict(r.body)) for r in rows),
        key=lambda each: each[:3],
    )


def as_shown(rows: Iterable[Row], names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """ENT → title of a group → its members and documents, if its users see what is wanted."""
    titles: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.operation == "GROUP_PUT":
            titles[row.destination, str(row.body["group"])] = str(row.body["name"])
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    for (name, _), title in titles.items():
        found[name][title] = {"members": [], "documents": []}
    for row in rows:
        group = found[row.destination].get(titles.get((row.destination, _group(row)), ""))
        if row.operation == "MEMBER_PUT" and group is not None:
            group["members"].append(str(row.body["local_id"]))
        elif row.operation == "SHARE_PUT" and group is not None:
            group["documents"].append((row.body["share"], row.body["title"]))
    for groups in found.values():
        for group in groups.values():
            group["members"].sort()
            group["documents"].sort()
    return found


def _group(row: Row) -> str:
    return str(row.body.get("group", ""))


def _wanted(connection: Any) -> list[Row]:
    return [
        row
        for project in projects.all_ids(connection)
        for row in outgoing.of_project(connection, project)
        if row.operation.endswith("_PUT")
    ]
