"""Whether a delivery may leave, asked of the store at the moment of delivery: the last check point.

It knows nothing of what was routed: it reads the project, the decision and the mandates anew. When
the store does not answer it raises `TryAgain`, and nothing leaves.
"""

from __future__ import annotations

import json

import sqlalchemy as sa

from preau.canon.purposes import IDS, purposes, record_of
from preau.clock import paris_day

_GIVEN = sa.text(
    "select p.purpose, m.records, m.fields from project_terms t"
    " join project p on p.id = coalesce(nullif(t.parent, ''), t.project)"
    " join project_terms own on own.project = p.id"
    " join project_place x on x.project = p.id and (x.instance = :instance or exists"
    " (select 1 from project_directory d where d.project = p.id and d.uai = x.uai"
    " and d.instance = :instance))"
    " join mandate m on m.instance = :instance and m.establishment = x.uai"
    " left join project_leaving l on l.project = p.id and l.uai = x.uai"
    " where t.project = :project and (l.until is null or l.until >= :day)"
    " and p.state = 'OPEN' and p.starts <= :day and p.ends >= :day"
    " and m.direction = 'RECEIVE' and m.revoked_at is null and m.starts <= :day"
    " and (m.until = '' or m.until >= :day)"
    " and ((m.project = p.id and x.decision = 'AUTHORISED') or (m.project = ''"
    " and m.purpose = p.purpose and x.decision not in ('REFUSED', 'WITHDRAWN')))"
)


class Leave:
    """The check; one statement, no memory."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def listed(
        self, project: str, destination: str, operation: str, now_ms: int
    ) -> frozenset[str] | None:
        """The fields that may leave now, None when nothing may; of a withdrawal always its ids."""
        record = record_of(operation)
        if operation.endswith("_REMOVE"):
            return IDS.get(record)
        said = {"project": project, "instance": destination, "day": paris_day(now_ms)}
        with self._engine.connect() as connection:
            rows = connection.execute(_GIVEN, said).all()
        fields = [
            _of(record, json.loads(fields), purpose)
            for purpose, records, fields in rows
            if record in json.loads(records) and record in _needed(purpose)
        ]
        return frozenset().union(*fields) if fields else None


def _needed(purpose: str) -> frozenset[str]:
    known = purposes().get(purpose)
    return frozenset() if known is None else known.records


def _of(record: str, fields: list[str], purpose: str) -> frozenset[str]:
    """The fields of one record, as its deliveries name them; none that a purpose does not need."""
    needed = purposes()[purpose].fields.intersection(fields)
    return frozenset(name.partition(".")[2] for name in needed if name.startswith(f"{record}."))
