"""What the step `projects` does of drifts: it tells again what may be repaired, and hears the end.

Telling again is computing anew: what no mandate allows any more is withdrawn instead, and what goes
out goes through the outbox as everything else does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
import structlog

from preau.agents.touched import Touched
from preau.store import drifts, lost_groups
from preau.store.drifts import EXTRA, MISSING, Answer, Drift
from preau.store.lost_groups import Lost

log = structlog.get_logger()
_FINAL = frozenset({"APPLIED", "REFUSED", "EXPIRED"})


def tell_repairs(connection: sa.Connection, touched: Touched, now_ms: int) -> None:
    """Adds what is to be told again; of a group that is gone, what was in it comes after it."""
    taken = drifts.take(connection, now_ms)
    gone = [each for each in taken if each.kind == MISSING and each.entity == each.within]
    lost = [Lost(each.destination, each.entity, each.project) for each in gone]
    lost_groups.note(connection, lost, now_ms)
    inside = [each for each in taken if each.kind == MISSING and each.entity != each.within]
    drifts.forget_ids(connection, inside)
    places = {(each.destination, each.entity) for each in gone}
    for each in taken:
        if (each.destination, each.within) not in places:
            _add(touched, each)
    if taken:
        log.info("repairing", things=len(taken), groups=len(gone))


def hear_repairs(
    connection: sa.Connection, receipts: Sequence[Mapping[str, Any]], now_ms: int
) -> None:
    """Notes what these receipts say of what was told again."""
    answers = [
        Answer(
            *(r["destination"], r["entity"], r["version"], r["operation"].endswith("_REMOVE")),
            r["outcome"] == "APPLIED",
        )
        for r in receipts
        if r["outcome"] in _FINAL
    ]
    drifts.answered(connection, answers, now_ms)


def _add(touched: Touched, row: Drift) -> None:
    touched.whole.add(row.project)
    places = touched.undone if row.kind == EXTRA else touched.lost
    places.add((row.destination, row.entity))
