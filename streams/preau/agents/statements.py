"""Canonical records as the rows that projects keep: ids, titles and levels, nothing personal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from preau.store.said import GROUP, MEMBER, RESOURCE, SaidState

Points = tuple[tuple[str, str], ...]
_OF_MEMBER = ("member", "member_kind", "role")
Kept = tuple[dict[str, Any], Points]


def said(record: str, key: str, value: Mapping[str, Any]) -> SaidState:
    """The row of one decoded record; `key` is its Kafka key."""
    meta = value["meta"]
    fields, points = _KEPT[record](value)
    points = tuple((role, target) for role, target in points if target)
    return SaidState(
        record, key, meta["version"], meta["deleted"], meta["event_id"], fields, points
    )


def _speaker(value: Mapping[str, Any]) -> dict[str, Any]:
    """What tells whom to believe when several speak of one thing: `preau.store.precedence`."""
    meta = value["meta"]
    return {"authority": meta["authority"], "at": meta["occurred_at"]}


def _at(value: Mapping[str, Any]) -> int:
    """When this was said, by the clock of whoever said it: calendars and feeds tell it."""
    at: int = value["meta"]["occurred_at"]
    return at


def _establishment(value: Mapping[str, Any]) -> Kept:
    fields = {name: value[name] for name in ("uai", "kind", "name", "sector_college_uai")}
    fields |= _speaker(value)
    return fields, (("uai", value["uai"] or ""),)


def _group(value: Mapping[str, Any]) -> Kept:
    names = ("kind", "name", "levels", "mefstat4", "establishments")
    return {name: value[name] for name in names} | _speaker(value), ()


def _membership(value: Mapping[str, Any]) -> Kept:
    fields = {name: value[name] for name in ("group", "member", "member_kind", "role")}
    return fields, ((GROUP, value["group"]), (MEMBER, value["member"]))


def _roster(value: Mapping[str, Any]) -> Kept:
    points = [(MEMBER, each["member"]) for each in value["members"]]
    members = [{name: each[name] for name in _OF_MEMBER} for each in value["members"]]
    fields = {"group": value["group"], "members": members}
    return fields, ((GROUP, value["group"]), *points)


def _resource(value: Mapping[str, Any]) -> Kept:
    resolver = value["resolver"] or {"instance": "", "media_id": ""}
    fields = {"title": value["title"] or "", "kind": value["kind"], "at": _at(value)}
    return fields | {name: resolver[name] for name in ("instance", "media_id")}, ()


def _share(value: Mapping[str, Any]) -> Kept:
    fields = {name: value[name] for name in ("group", "resource", "mode", "permission")}
    fields["at"] = _at(value)
    fields["lineage"] = value["meta"]["lineage"]  # where to look when its document never comes
    return fields, ((GROUP, value["group"]), (RESOURCE, value["resource"]))


def _homework(value: Mapping[str, Any]) -> Kept:
    fields = {name: value[name] for name in ("title", "due", "subject", "groups")}
    fields["at"] = _at(value)
    return fields, tuple((GROUP, group) for group in value["groups"])


def _notice(value: Mapping[str, Any]) -> Kept:
    fields = {name: value[name] for name in ("title", "audience", "needs_signature", "groups")}
    return fields, tuple((GROUP, group) for group in value["groups"])


def _calendar_event(value: Mapping[str, Any]) -> Kept:
    names = ("title", "start", "end", "all_day", "recurrence", "groups")
    fields = {name: value[name] for name in names} | {"at": _at(value)}
    return fields, tuple((GROUP, g) for g in value["groups"])


_KEPT: Mapping[str, Callable[[Mapping[str, Any]], Kept]] = {
    "establishment": _establishment,
    "group": _group,
    "membership": _membership,
    "roster": _roster,
    "resource": _resource,
    "share": _share,
    "homework": _homework,
    "notice": _notice,
    "calendar_event": _calendar_event,
}
RECORDS = tuple(_KEPT)
"""The records that projects keep."""
