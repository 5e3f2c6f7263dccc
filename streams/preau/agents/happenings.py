"""What is given to a group and is no document: homework, notices, events of a calendar. Pure.

Each is a record of its own with an operation of its own, `HOMEWORK_PUT` for `homework`; a text
that goes with one is a resource, and travels as a document if it is shared with the group.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from preau.agents.wanted import elsewhere
from preau.ids import EVENT_NAMESPACE
from preau.store.outgoing import Wanted
from preau.store.projects import Project
from preau.store.rights import Rights
from preau.store.said import SaidState

_EPOCH = dt.date(1970, 1, 1)
_START = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Fields = Mapping[str, Any]


def happening_entity(record: str, key: str, group: str) -> str:
    """The entity of what an ENT said, in that project's group; it may be for several."""
    return f"{record}:{uuid.uuid5(EVENT_NAMESPACE, f'{record}:{group}:{key}')}"


def given(project: Project, said: SaidState, rights: Rights) -> Iterator[Wanted]:
    """The same in every other ENT of the project, unless it is for nobody of its purpose."""
    audience = said.fields.get("audience", ())
    if audience and rights.roles.isdisjoint(audience):
        return
    entity = happening_entity(said.record, said.key, project.group)
    body = {
        said.record: entity.partition(":")[2],
        "group": project.group,
        "title": said.fields["title"],
        **_TOLD[said.record](said.fields),
    }
    wanted = Wanted("", entity, project.id, f"{said.record.upper()}_PUT", body)
    yield from elsewhere(project, said, wanted, rights)


def _homework(fields: Fields) -> dict[str, Any]:
    due = fields["due"]
    return {"due": None if due is None else (_EPOCH + dt.timedelta(days=due)).isoformat()}


def _notice(fields: Fields) -> dict[str, Any]:
    return {"audience": list(fields["audience"]), "needs_signature": fields["needs_signature"]}


def _calendar_event(fields: Fields) -> dict[str, Any]:
    moments = {name: _moment(fields[name]) for name in ("start", "end")}
    return {**moments, "all_day": fields["all_day"], "recurrence": fields["recurrence"]}


def _moment(ms: int | None) -> str | None:
    """Milliseconds since 1970 as ISO 8601 in UTC, `2026-10-12T06:30:00Z`."""
    if ms is None:
        return None
    at = _START + dt.timedelta(milliseconds=ms)
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def as_said(body: Fields) -> dict[str, Any]:
    """The fields of a record as a delivery told them: what `given` made of them, the other way."""
    found = {name: value for name, value in body.items() if name != "group"}
    if found.get("due"):
        found["due"] = (dt.date.fromisoformat(found["due"]) - _EPOCH).days
    for name in ("start", "end"):
        if found.get(name):
            since = dt.datetime.fromisoformat(found[name]) - _START
            found[name] = since // dt.timedelta(milliseconds=1)
    return found


_TOLD: Mapping[str, Callable[[Fields], dict[str, Any]]] = {
    "homework": _homework,
    "notice": _notice,
    "calendar_event": _calendar_event,
}
HAPPENINGS = tuple(_TOLD)
"""The records of this kind, as `schemas/avro` names them."""
