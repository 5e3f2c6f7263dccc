"""What a project may be for, from the versioned table beside this file: a closed list."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

_TABLE = Path(__file__).with_name("purposes.toml")
DIRECTORY = "ANNUAIRE"
"""The purpose under which a declared instance says who is in which class."""
LAW, CONVENTION, NONE = "LAW", "CONVENTION", "NONE"
ADULT_ROLES = frozenset({"TEACHER", "HEAD_TEACHER", "LEADER"})
"""The roles of membership.v1 that only adults of an establishment have; any other may be a child's
or a family's."""
PERSON = "person"
"""Of whom a directory service's set gives the names; no delivery says it."""
_RECORDS = {
    "GROUP": "group",
    "MEMBER": "membership",
    "SHARE": "share",
    "RESOURCE": "resource",
    "HOMEWORK": "homework",
    "NOTICE": "notice",
    "CALENDAR": "calendar_event",
    "PERSON": PERSON,
}
IDS: Mapping[str, frozenset[str]] = {
    "group": frozenset({"group"}),
    "membership": frozenset({"group", "member_kind", "local_id"}),
    "share": frozenset({"share", "group"}),
    "resource": frozenset({"resource"}),
    "homework": frozenset({"homework", "group"}),
    "notice": frozenset({"notice", "group"}),
    "calendar_event": frozenset({"calendar_event", "group"}),
}
"""Record → the fields of its deliveries that only say which thing it is: all a withdrawal takes."""


class Purpose(NamedTuple):
    """One purpose; `fields` are `share.title` and so on, `unit` LAW, CONVENTION or NONE."""

    code: str
    label: str
    unit: str
    roles: frozenset[str]
    publishes: frozenset[str]
    fields: frozenset[str]

    @property
    def records(self) -> frozenset[str]:
        """The records that deliveries for this purpose say."""
        return frozenset(name.partition(".")[0] for name in self.fields)


def record_of(operation: str) -> str:
    """The canonical record that an operation of `delivery.v1` says; empty for one that is none."""
    return _RECORDS.get(operation.partition("_")[0], "")


def named(operation: str, fields: Collection[str]) -> frozenset[str]:
    """These fields of an operation as mandates name them: `share.title`."""
    record = record_of(operation)
    return frozenset(f"{record}.{field}" for field in fields)


@lru_cache(maxsize=1)
def purposes() -> Mapping[str, Purpose]:
    """Every purpose by its code, in the order of the table."""
    return {code: _purpose(code, said) for code, said in _read().items() if isinstance(said, dict)}


def for_projects() -> tuple[str, ...]:
    """The codes that a project may have."""
    return tuple(code for code, each in purposes().items() if each.unit != NONE)


def edition() -> int:
    """The edition of the table."""
    return int(_read()["version"])


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text("utf-8"))


def _purpose(code: str, said: Mapping[str, Any]) -> Purpose:
    fields = (named(operation, listed) for operation, listed in said["needs"].items())
    return Purpose(
        code,
        said["label"],
        said["unit"],
        frozenset(said["roles"]),
        frozenset(said["publishes"]),
        frozenset().union(*fields),
    )
