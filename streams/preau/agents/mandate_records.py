"""Mandates as they travel: `mandate.v1` on its own topic, once given and once revoked."""

from __future__ import annotations

import datetime as dt

from preau.broker.records import Output
from preau.broker.topics import CANON
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.mapping.conversions.calendar import school_year
from preau.store.mandates import Mandate

_EPOCH = dt.date(1970, 1, 1)


def told(mandate: Mandate) -> Output:
    """The record of a mandate; the same mandate gives the same bytes."""
    at = mandate.granted_at if mandate.revoked_at is None else mandate.revoked_at
    meta = {
        "event_id": mandate.event_id,
        "instance": "hub",
        "connector": "hub",
        "connector_version": "1",
        "source_id": mandate.id,
        "version": mandate.version,
        "deleted": False,
        "authority": "HUB",
        "occurred_at": at,
        "received_at": at,
        "school_year": school_year(at),
        "lineage": {"topic": "", "partition": -1, "offset": -1, "path": ""},
    }
    fields = {
        "meta": meta,
        **{name: getattr(mandate, name) for name in ("establishment", "instance", "direction")},
        "records": list(mandate.records),
        "fields": list(mandate.fields),
        "purpose": mandate.purpose,
        "legal_basis": mandate.legal_basis or None,
        "granted_by": mandate.granted_by or None,
        "project": mandate.project or None,
        "from": _days(mandate.starts),
        "until": _days(mandate.until),
        "revoked_at": mandate.revoked_at,
    }
    headers = header_list("mandate", "hub", mandate.event_id, at)
    return Output(f"{CANON}mandate", mandate.id.encode(), encode("mandate", fields), headers)


def _days(day: str) -> int | None:
    return (dt.date.fromisoformat(day) - _EPOCH).days if day else None
