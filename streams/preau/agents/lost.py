"""What follows when an ENT does not know a group any more: it is told anew, then what was in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
import structlog

from preau.agents.touched import Touched
from preau.store import lost_groups, outgoing
from preau.store.lost_groups import Lost
from preau.store.outgoing import Row

log = structlog.get_logger()
Receipts = Sequence[Mapping[str, Any]]


def hear_lost(connection: sa.Connection, touched: Touched, receipts: Receipts, now_ms: int) -> None:
    """Notes the groups that receipts say are unknown; adds what a group that is back needs."""
    groups = [group for _, group in _named(connection, receipts, "UNKNOWN_GROUP")]
    lost_groups.note(connection, dict.fromkeys(groups), now_ms)
    for row, group in _named(connection, receipts, "UNKNOWN_RESOURCE"):
        if lost_groups.forget_ids(connection, group, row.entity, now_ms):
            _add(touched, row)
    for said in receipts:
        if said["operation"] == "GROUP_REMOVE" and said["outcome"] != "PENDING":
            gone = Lost(said["destination"], said["entity"], said["project"])
            if lost_groups.expected(connection, gone):  # it may be made anew, of another kind
                touched.whole.add(gone.project)
    applied = [
        Lost(r["destination"], r["entity"], r["project"])
        for r in receipts
        if r["outcome"] == "APPLIED" and r["operation"] == "GROUP_PUT"
    ]
    for group in lost_groups.take_back(connection, applied):
        for row in outgoing.of_project(connection, group.project):
            if row.destination == group.destination and group.entity in row.parents:
                _add(touched, row)


def tell_lost(connection: sa.Connection, touched: Touched, now_ms: int) -> None:
    """Adds the groups that are to be told anew by now."""
    for group in lost_groups.take_due(connection, now_ms):
        log.info("group told anew", destination=group.destination, project=group.project)
        touched.whole.add(group.project)
        touched.lost.add((group.destination, group.entity))


def _add(touched: Touched, row: Row) -> None:
    touched.whole.add(row.project)
    touched.lost.add((row.destination, row.entity))


def _named(
    connection: sa.Connection, receipts: Receipts, reason: str
) -> Iterator[tuple[Row, Lost]]:
    """What was refused for this reason and is wanted still, each with its group.

    What was told before its group was told anew is no sign that the group is lost again.
    """
    for said in receipts:
        if said["outcome"] != "REFUSED" or said["reason"] != reason:
            continue
        for row in outgoing.of_entities(connection, said["project"], [said["entity"]]):
            if (row.destination, row.version) == (said["destination"], said["version"]):
                yield from ((row, group) for group in _groups(connection, row))


def _groups(connection: sa.Connection, row: Row) -> Iterator[Lost]:
    for group in outgoing.of_entities(connection, row.project, row.parents):
        here = group.destination == row.destination and group.seq < row.seq
        if here and group.operation == "GROUP_PUT":
            yield Lost(group.destination, group.entity, group.project)
