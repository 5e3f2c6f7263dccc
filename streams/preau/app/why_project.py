"""Why a group or a document is, or is not, in an ENT: decisions, mandates, what was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from preau.agents.wanted import share_entity
from preau.app.following_view import followed
from preau.app.project_view import thing
from preau.clock import paris_day
from preau.errors import Place as At
from preau.errors import SetAside
from preau.outlets.reasons import words
from preau.store import made_there, mandates, outgoing, projects, said
from preau.store.outgoing import WAIT, Row
from preau.store.projects import Place, Project
from preau.store.receipts import Receipt, Receipts
from preau.store.rights import Rights, rights_of

_BY_GROUP = sa.text("select id from project where group_id = :id")
_BY_ENTITY = sa.text("select project from outgoing where entity = :entity limit 1")


class WhyProject:
    """Reads; plain values, nothing that names a person."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._receipts = Receipts(engine)

    def group(self, id_: str, now_ms: int) -> dict[str, Any]:
        """By a project's id, its group's, or the id under which an ENT knows that.

        Raises `SetAside` (GROUP_UNKNOWN).
        """
        with self._engine.connect() as connection:
            found = _project(connection, id_)
            if found is None:
                raise _unknown("GROUP_UNKNOWN", "no project has this group")
            day = paris_day(now_ms)
            allowed = rights_of(connection, found, day)
            rows = outgoing.of_people(connection, found.id)
            ways = followed(connection, found.id)
            given = mandates.of_project(connection, found.root)
        receipts = self._receipts.of_project(found.id)
        return {
            "project": found.root,
            "group": found.group,
            "purpose": found.purpose,
            "state": found.state,
            "from": found.starts,
            "until": found.ends,
            "places": [_place(each, allowed, day) for each in found.places],
            "mandates": [{**m._asdict(), "live": m.live(day)} for m in given],
            "told": list(_told(rows, receipts)),
            "follow": [way._asdict() for way in ways],
        }

    def share(self, id_: str, now_ms: int) -> dict[str, Any]:
        """By its id in the hub, or `<instance>/<its id>`; raises `SetAside` (SHARE_UNKNOWN)."""
        with self._engine.connect() as connection:
            found = projects.get(connection, _project_of(connection, id_))
            if found is None:
                raise _unknown("SHARE_UNKNOWN", "no project has this document", _OWN_GROUP)
            own = share_entity(id_, found.group)
            entity = own if "/" in id_ else f"share:{id_.removeprefix('share:')}"
            allowed = rights_of(connection, found, paris_day(now_ms))
            rows = outgoing.of_entities(connection, found.id, [entity])
            ways = followed(connection, found.id)
        receipts = [r for r in self._receipts.of_project(found.id) if r.entity == entity]
        speaker = id_.partition("/")[0] if "/" in id_ else ""
        others = sorted({p.instance for p in found.places} - {speaker})
        sent = {each["ent"]: each for each in _told(rows, receipts)}
        return {
            "share": entity,
            "project": found.root,
            "group": found.group,
            "said_by": speaker,
            "may_be_said": not speaker or allowed.heard(speaker, "share"),
            "follow": [way._asdict() for way in ways],
            "ents": [sent.get(ent) or _absent(ent, allowed, "share") for ent in others],
        }


def _project(connection: sa.Connection, id_: str) -> Project | None:
    named = [id_, str(connection.execute(_BY_GROUP, {"id": id_}).scalar() or "")]
    named.append(made_there.groups(connection, [id_]).get(id_, ""))
    return next(iter(projects.several(connection, [each for each in named if each])), None)


def _place(place: Place, allowed: Rights, day: str) -> dict[str, Any]:
    takes = allowed.places.get((place.uai, place.instance), frozenset())
    said = {name: getattr(place, name) for name in ("uai", "instance", "decision", "by", "at")}
    said["until"] = place.until
    why = "" if takes else _no_mandate(place, day)
    return {**said, "classes": list(place.groups), "picked": len(place.picks), "why_not": why} | {
        "receives": sorted(takes)
    }


def _no_mandate(place: Place, day: str) -> str:
    if place.left(day):
        return f"it left the project; its last day was {place.until}"
    if place.decision != "AUTHORISED":
        return f"{place.decision}: let it decide; a director transmits, then the DASEN decides"
    return "no mandate holds today: see preau mandate list; renew the project, or decide again"


def _project_of(connection: sa.Connection, share: str) -> str:
    """The project of a share, by the group that its ENT gave it to, or by what ENTs were told."""
    if "/" not in share:
        entity = f"share:{share.removeprefix('share:')}"
        return str(connection.execute(_BY_ENTITY, {"entity": entity}).scalar() or "")
    source = said.states(connection, "share", [share]).get(share)
    group = "" if source is None else str(source.fields["group"])
    return made_there.groups(connection, [group]).get(group, "")


def _told(rows: Iterable[Row], receipts: Iterable[Receipt]) -> Iterator[dict[str, Any]]:
    """What each ENT was told, by operation and answer; equal ones are counted."""
    answers = {(r.destination, r.entity): r for r in receipts}
    counted: Counter[tuple[str, str, str, str]] = Counter()
    for row in rows:
        receipt = answers.get((row.destination, row.entity))
        outcome, reason = "", ""
        if row.operation == WAIT:
            outcome, reason = "PENDING", "NO_ACCOUNT"
        elif receipt is not None and receipt.version >= row.version:
            outcome, reason = receipt.outcome, receipt.reason
        counted[row.destination, thing(row), outcome, reason] += 1
    for (ent, what, outcome, reason), count in sorted(counted.items()):
        why = words(reason) if reason else ""
        said = {"ent": ent, "what": what, "outcome": outcome, "reason": reason}
        yield {**said, "why_not": why, "count": count}


def _absent(ent: str, allowed: Rights, record: str) -> dict[str, Any]:
    listed = record in allowed.listed(ent)
    why = "not told yet" if listed else "no mandate lets this ENT receive it: decide, or grant one"
    return {"ent": ent, "what": record.upper(), "outcome": "", "reason": "", "why_not": why}


_OWN_GROUP = "share it with the project's own group in its ENT, not with a class only"


def _unknown(code: str, what: str, fix: str = "see preau project list and show") -> SetAside:
    return SetAside(code, what, where=At(field="id"), fix=fix)
