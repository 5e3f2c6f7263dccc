"""Sectors as they travel: `sector.v1` on its own topic, each time an operator changes one."""

from __future__ import annotations

from preau.broker.records import Output
from preau.broker.topics import CANON
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.ids import event_id
from preau.mapping.conversions.calendar import school_year
from preau.store.sectors import Told


def told(sector: Told) -> Output:
    """The record of a sector; the same state gives the same bytes. Without écoles it is gone."""
    identity = event_id("hub", f"sector:{sector.college}", str(sector.version))
    meta = {
        "event_id": identity,
        "instance": "hub",
        "connector": "hub",
        "connector_version": "1",
        "source_id": sector.college,
        "version": sector.version,
        "deleted": not sector.ecoles,
        "authority": "HUB",
        "occurred_at": sector.at,
        "received_at": sector.at,
        "school_year": school_year(sector.at),
        "lineage": {"topic": "", "partition": -1, "offset": -1, "path": ""},
    }
    fields = {
        "meta": meta,
        "college_uai": sector.college,
        "ecole_uais": list(sector.ecoles),
        "circonscriptions": list(sector.circonscriptions),
        "eer": sector.network,
    }
    headers = header_list("sector", "hub", identity, sector.at)
    key = sector.college.encode()
    return Output(f"{CANON}sector", key, encode("sector", fields), headers)
