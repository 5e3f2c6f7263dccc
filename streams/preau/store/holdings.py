"""What one ENT should hold of every project: what it was told last, and what it answered to that.

Functions work inside the caller's transaction, and read only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

HELD, GONE, OPEN, REFUSED = "held", "gone", "open", "refused"
GROUP = "GROUP"


class Holding(NamedTuple):
    """One thing that an ENT was told; two readings that are equal had no change in between.

    `state`: held (it is to be there, and was applied), gone (it was withdrawn, and that was
    applied), refused, open (under way). `what` is the operation without its ending; `native` are
    the ids that the ENT gave.
    """

    entity: str
    project: str
    what: str
    body: Mapping[str, Any]
    version: int
    state: str
    native: Mapping[str, str]


_TOLD = sa.text(
    "select o.entity, o.project, o.operation, o.body, o.version, r.outcome from outgoing o"
    " left join receipt r on r.destination = o.destination and r.entity = o.entity"
    " and r.version = o.version where o.destination = :destination"
    " and o.operation not like 'MEMBER_WAIT%' order by o.seq"
)
_NATIVE = sa.text("select entity, name, value from native_id where destination = :destination")
_REMOVE = "_REMOVE"


def of(connection: sa.Connection, destination: str) -> dict[str, Holding]:
    """Entity → what this ENT was told of it, in the order in which it was."""
    said = {"destination": destination}
    native: dict[str, dict[str, str]] = {}
    for entity, name, value in connection.execute(_NATIVE, said):
        native.setdefault(entity, {})[name] = value
    return {
        entity: Holding(
            *(entity, project, operation.rpartition("_")[0], json.loads(body), int(version)),
            _state(operation, outcome),
            native.get(entity, {}),
        )
        for entity, project, operation, body, version, outcome in connection.execute(_TOLD, said)
    }


def _state(operation: str, outcome: str | None) -> str:
    if outcome == "APPLIED":
        return GONE if operation.endswith(_REMOVE) else HELD
    return REFUSED if outcome in {"REFUSED", "EXPIRED"} else OPEN
