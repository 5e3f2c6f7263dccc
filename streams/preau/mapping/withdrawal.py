"""What a source no longer says: an event of the hub's own that deletes canonical records by name.

Written by imports, which compare two states of one source; no connector folder has a rule for it,
and it is heard only from a source whose card says that it speaks for the State.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from preau.canon.draft import Draft
from preau.mapping.canon_schema import CanonSchema
from preau.mapping.facts import Facts
from preau.mapping.plan import RulePlan
from preau.mapping.reference import Made, written
from preau.mapping.refusal import Unfit, shape

#: The event's name, which no vendor's can be: a vendor's mapping is a file's name.
WITHDRAWN = "preau.withdrawn"
#: Where the event lists what goes: pairs of a record's name and a source id.
GONE = "gone"
_FIX = "send only what an import wrote"


def withdrawn(event: object, facts: Facts, schemas: Mapping[str, CanonSchema]) -> list[Draft]:
    """The deletions that the event asks for, in its order; raises `Unfit` when it is not one."""
    return [
        _deletion(schemas, name, source_id, facts.meta(0, place, facts.occurred_at))
        for place, (name, source_id) in enumerate(_pairs(event))
    ]


def body(pairs: Iterable[Sequence[str]], header: Mapping[str, str]) -> dict[str, object]:
    """The event's plain values; `header` holds the day and the version of the import."""
    return {GONE: [list(pair) for pair in pairs], "header": dict(header)}


def _pairs(event: object) -> list[tuple[str, str]]:
    gone = event.get(GONE) if isinstance(event, dict) else None
    if not isinstance(gone, list):
        raise Unfit("MISSING", shape(gone), known=("list",), fix=_FIX, field=GONE)
    return [_pair(each) for each in gone]


def _pair(each: object) -> tuple[str, str]:
    if isinstance(each, list) and len(each) == 2 and all(isinstance(x, str) and x for x in each):  # noqa: PLR2004 - a pair
        return each[0], each[1]
    raise Unfit("NOT_A_PAIR", shape(each), known=("[record, source id]",), fix=_FIX, field=GONE)


def _deletion(
    schemas: Mapping[str, CanonSchema], name: str, source_id: str, meta: dict[str, object]
) -> Draft:
    schema = schemas.get(name)
    if schema is None or "meta" not in (fields := _defaults(schema)):
        known = tuple(sorted(n for n, s in schemas.items() if "meta" in _defaults(s)))
        raise Unfit("WITHDRAWN_RECORD", shape(name), known=known, fix=_FIX, field=GONE)
    datum = {**fields, "meta": {**meta, "source_id": source_id, "deleted": True}}
    plan = RulePlan(0, name, f"{name}.v{schema.major}", (), (), (), (), None, deleted=True)
    return written(Made(plan, datum, None), schema)


def _defaults(schema: CanonSchema) -> dict[str, Any]:
    fields: list[Mapping[str, Any]] = schema.raw.get("fields", [])
    return {each["name"]: each.get("default") for each in fields}
