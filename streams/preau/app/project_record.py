"""A project as it travels: `project.v1` on its own topic, under the hub's authority."""

from __future__ import annotations

import datetime as dt
from typing import Any

from preau.broker.records import Output
from preau.broker.topics import CANON
from preau.canon.cloudevents import header_list
from preau.canon.codec import encode
from preau.ids import event_id
from preau.mapping.conversions.calendar import school_year
from preau.store.projects import Place, Project

_EPOCH = dt.date(1970, 1, 1)


def told_as(project: str, version: int) -> str:
    """The id of the record of this version."""
    return event_id("hub", f"project:{project}", str(version))


def record(project: Project, now: int) -> Output:
    """The record of a project as it is now."""
    value = encode("project", _fields(project, now))
    headers = header_list("project", "hub", project.event_id, now)
    return Output(f"{CANON}project", project.id.encode(), value, headers)


def _fields(project: Project, now: int) -> dict[str, Any]:
    meta = {
        "event_id": project.event_id,
        "instance": "hub",
        "connector": "hub",
        "connector_version": "1",
        "source_id": project.id,
        "version": project.version,
        "deleted": False,
        "authority": "HUB",
        "occurred_at": now,
        "received_at": now,
        "school_year": school_year(now),
        "lineage": {"topic": "", "partition": -1, "offset": -1, "path": ""},
    }
    return {
        "meta": meta,
        "title": project.title,
        "purpose": project.purpose,
        "sector": None,
        "group": project.group,
        "establishments": [_place(each) for each in project.places],
        "from": _days(project.starts),
        "until": _days(project.ends),
        "state": project.state,
    }


def _place(place: Place) -> dict[str, Any]:
    said = {name: getattr(place, name) for name in ("uai", "instance", "decision", "by", "at")}
    return {**said, "groups": list(place.groups)}


def _days(day: str) -> int:
    return (dt.date.fromisoformat(day) - _EPOCH).days
