"""The `filter` of OneRoster's REST binding: `field='value'`, joined by AND or by OR.

    dateLastModified>'2026-10-12T00:00:00.000Z' AND status='tobedeleted'

Source: 1EdTech, "OneRoster Rostering Service Model" 1.2, filtering. Operators are = != > >= < <=
and ~ (contains). The standard joins two conditions; more are taken as long as all are joined alike:
what AND and OR mix would mean is not said there. A quote inside a value is written twice.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from preau.errors import Place, SetAside
from preau.outlets.oneroster.fields import named, paths, values

MOST = 20
"""Conditions in one filter."""
LONGEST = 2_000
"""Characters of a filter."""
OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "~")
_MOMENT = "dateLastModified"
_CONDITION = re.compile(r"\s*([A-Za-z.]+)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'")
_JOIN = re.compile(r"\s+(AND|OR)(?=\s)", re.IGNORECASE)
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class Condition(NamedTuple):
    """One condition; `value` of `dateLastModified` is a moment, in ms since 1970."""

    path: str
    operator: str
    value: str | float

    def holds(self, entity: Mapping[str, Any]) -> bool:
        """Whether an entity meets it."""
        found = values(entity, self.path)
        if isinstance(self.value, float):
            return any(_compared(self.operator, _moment(each), self.value) for each in found)
        if self.operator == "!=":
            return not _equal(found, self.value)
        if self.operator == "=":
            return _equal(found, self.value)
        if self.operator == "~":
            return any(self.value.casefold() in each.casefold() for each in found)
        return any(_ORDER[self.operator](each, self.value) for each in found)


class Filter(NamedTuple):
    """Conditions, all of them or one of them."""

    conditions: tuple[Condition, ...]
    every: bool = True

    def holds(self, entity: Mapping[str, Any]) -> bool:
        """Whether an entity passes."""
        met = (each.holds(entity) for each in self.conditions)
        return all(met) if self.every else any(met)

    @property
    def names(self) -> frozenset[str]:
        """The fields that it asks about."""
        return frozenset(each.path for each in self.conditions)


NONE = Filter(())


def read_filter(said: str, kind: str) -> Filter:
    """The filter of a query about this kind of entity; raises `SetAside` (ROSTER_FILTER)."""
    if len(said) > LONGEST:
        raise _refused("the filter is too long", (f"{LONGEST} characters",))
    conditions: list[Condition] = []
    joins: set[str] = set()
    at = 0
    while True:
        found = _CONDITION.match(said, at)
        if found is None or len(conditions) == MOST:
            raise _refused(f"no condition at character {at + 1} of the filter", _FORM)
        conditions.append(_condition(kind, found[1], found[2], found[3]))
        at = found.end()
        if not said[at:].strip():
            break
        join = _JOIN.match(said, at)
        if join is None:
            raise _refused(f"no AND or OR at character {at + 1} of the filter", _FORM)
        joins.add(join[1].upper())
        at = join.end()
    if len(joins) > 1:
        raise _refused("AND and OR in one filter", ("all AND", "all OR"))
    return Filter(tuple(conditions), "OR" not in joins)


def _condition(kind: str, path: str, how: str, value: str) -> Condition:
    known, path = paths(kind), named(kind, path)
    if path not in known:
        raise _refused("the filter names a field that this entity has not", known)
    value = value.replace("''", "'")
    if path != _MOMENT:
        return Condition(path, how, value)
    moment = _moment(value)
    if moment is None or how == "~":
        raise _refused(f"{_MOMENT} is compared with a moment", ("2026-10-12T00:00:00.000Z",))
    return Condition(path, how, moment)


def _moment(said: str) -> float | None:
    """A moment of ISO 8601 in ms since 1970, UTC unless it says otherwise; None for none."""
    try:
        found = dt.datetime.fromisoformat(said)
        known = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        return known.timestamp() * 1000
    except (ValueError, OverflowError):
        return None


def _compared(how: str, found: float | None, value: float) -> bool:
    if found is None:
        return how == "!="
    if how in {"=", "!="}:
        return (found == value) is (how == "=")
    return _ORDER[how](found, value)


def _equal(found: list[str], value: str) -> bool:
    """One of them is it; or it names all of them, separated by commas, in any order."""
    return value in found or (len(found) > 1 and sorted(found) == sorted(value.split(",")))


_FORM = ("field='value'", "= != > >= < <= ~", "… AND …", "… OR …")


def _refused(what: str, known: tuple[str, ...]) -> SetAside:
    fix = "see docs/en/oneroster.md#ask"
    return SetAside("ROSTER_FILTER", what, where=Place(field="filter"), known=known, fix=fix)
