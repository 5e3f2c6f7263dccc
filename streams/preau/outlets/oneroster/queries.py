"""A query to OneRoster's REST binding: which entities, in which order, which page, which fields.

Source: 1EdTech, "OneRoster Rostering Service REST/JSON Binding" 1.2: `limit`, `offset`, `sort`,
`orderBy`, `filter`, `fields`. What the standard leaves open: the default order is that of the ids,
which also decides between equals, so that pages never share an entity; a limit that is too large is
refused, as a smaller page than asked would make a client that counts by itself skip entities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from preau.errors import Place, SetAside
from preau.outlets.oneroster.fields import attributes, named, paths, values
from preau.outlets.oneroster.filters import NONE, Filter, read_filter
from preau.outlets.oneroster.roster import Entity

DEFAULT_LIMIT = 100
MOST = 5_000
"""Entities on one page."""
_DIGITS = 9
ACTIVE = "active"
_LIFE = frozenset({"status", "dateLastModified"})


class Query(NamedTuple):
    """What is asked of one collection; `fields` empty for all."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    sort: str = "sourcedId"
    falling: bool = False
    filter: Filter = NONE
    fields: tuple[str, ...] = ()


class Page(NamedTuple):
    """One page of an answer; `total` counts all that the filter lets through."""

    entities: Sequence[Entity]
    total: int


def read_query(said: Mapping[str, str], kind: str) -> Query:
    """The query in these parameters of an address; raises `SetAside` (ROSTER_…)."""
    limit = _number(said, "limit", DEFAULT_LIMIT, 1, MOST)
    offset = _number(said, "offset", 0, 0, 10**_DIGITS)
    sort = named(kind, said.get("sort", "sourcedId"))
    order = said.get("orderBy", "asc").lower()
    if sort not in paths(kind):
        raise _refused("ROSTER_SORT", "sort", "no such field to sort by", paths(kind))
    if order not in {"asc", "desc"}:
        raise _refused("ROSTER_SORT", "orderBy", "no such order", ("asc", "desc"))
    asked = read_filter(said["filter"], kind) if said.get("filter") else NONE
    return Query(limit, offset, sort, order == "desc", asked, read_fields(said, kind))


def read_fields(said: Mapping[str, str], kind: str) -> tuple[str, ...]:
    """The attributes that an answer is to have; raises `SetAside` (ROSTER_FIELD)."""
    if "fields" not in said:
        return ()
    known = attributes(kind)
    names = tuple(name.strip().partition(".")[0] for name in said["fields"].split(","))
    if any(name not in known for name in names):
        raise _refused("ROSTER_FIELD", "fields", "no such field to select", known)
    return names


def answer(entities: Sequence[Entity], query: Query) -> Page:
    """The page that a query is about."""
    return cut(chosen(entities, query), query)


def chosen(entities: Sequence[Entity], query: Query) -> Sequence[Entity]:
    """All that a query lets through, in its order, whatever its page.

    An entity that is gone is told to those who ask about `status` or `dateLastModified`: whoever
    asks about neither would take it for one that is there.
    """
    gone_too = bool(query.filter.names & _LIFE)
    found = [
        each
        for each in entities
        if (gone_too or each.get("status", ACTIVE) == ACTIVE) and query.filter.holds(each)
    ]
    found.sort(key=lambda each: str(each["sourcedId"]))
    found.sort(key=lambda each: values(each, query.sort)[:1], reverse=query.falling)
    return found


def cut(selected: Sequence[Entity], query: Query) -> Page:
    """The page of a query, of all that it lets through."""
    page = selected[query.offset : query.offset + query.limit]
    return Page([select(each, query.fields) for each in page], len(selected))


def select(entity: Entity, fields: Sequence[str]) -> Entity:
    """The entity with these attributes only; with all of them when none is named."""
    return {name: entity[name] for name in entity if not fields or name in fields}


def _number(said: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = said.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS and least <= int(text) <= most:
        return int(text)
    known = (f"a number from {least} to {most}",)
    raise _refused("ROSTER_PAGE", name, "no such number", known)


def _refused(code: str, field: str, what: str, known: Sequence[str]) -> SetAside:
    fix = "see docs/en/oneroster.md#ask"
    return SetAside(code, what, where=Place(field=field), known=tuple(known), fix=fix)
