"""The plain path: a rule interpreted into dicts, field by field, then written by fastavro.

It is the meaning of the language: the generated code is compared with it before use, and whatever
the generated code declines (a broken value, a rare shape) is done here.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import fastavro

from preau.canon.draft import Draft
from preau.mapping.avro_type import Integer
from preau.mapping.canon_schema import CanonSchema
from preau.mapping.conversions.conversion import About
from preau.mapping.facts import Facts
from preau.mapping.fitness import bare, in_range
from preau.mapping.language import Condition, key_of
from preau.mapping.paths import ITEM, ITEM2, Path, Scope, read
from preau.mapping.plan import (
    Computed,
    Constant,
    Default,
    Derived,
    FieldPlan,
    Listing,
    Parts,
    Reading,
    RulePlan,
)
from preau.mapping.refusal import Unfit, shape

#: Pairs of one event when `each` names two lists.
MAX_PAIRS = 10_000


class Made(NamedTuple):
    """One record as plain values; `pii` is None when nothing personal was said."""

    plan: RulePlan
    datum: dict[str, object]
    pii: dict[str, object] | None


class Making(NamedTuple):
    """What is at hand while one record is made."""

    scope: Scope
    about: About
    meta: dict[str, object]
    deleted: bool = False


def applies(plan: RulePlan, event: object, about: About) -> bool:
    """Whether the rule is about this event at all."""
    return all(holds(condition, Scope(event, about.instance)) for condition in plan.always)


def holds(condition: Condition, scope: Scope) -> bool:
    """Whether one line of `when` is satisfied."""
    return condition.holds(read(condition.path, scope))


def run(plan: RulePlan, event: object, facts: Facts, about: About) -> Iterator[Made | Unfit]:
    """Every record of one rule, or why it cannot be made; a broken item stops no other."""
    try:
        scopes = list(_scopes(plan, Scope(event, about.instance)))
    except Unfit as unfit:
        yield unfit
        return
    for scope, places in scopes:
        try:
            if all(holds(condition, scope) for condition in plan.items):
                yield _made(plan, scope, facts, about)
        except Unfit as unfit:
            yield _placed(unfit, places)


def _made(plan: RulePlan, scope: Scope, facts: Facts, about: About) -> Made:
    making = Making(scope, about, {}, deleted=plan.deleted is True)
    mapped = plan.meta
    if plan.deleted is None:
        making = making._replace(deleted=value_of(mapped["deleted"], making) is True)
    moment = facts.occurred_at
    if isinstance(mapped["occurred_at"].source, Reading):
        found = _found(mapped["occurred_at"], making)
        moment = found if isinstance(found, int) else moment
    making = making._replace(meta=facts.meta(plan.index, scope.place, moment))
    datum = {field.name: value_of(field, making) for field in plan.fields}
    if plan.pii is None:
        return Made(plan, datum, None)
    inner = {field.name: value_of(field, making) for field in plan.pii}
    empty = {field.name: field.default for field in plan.pii}
    return Made(plan, datum, None if inner == empty else inner)


def value_of(field: FieldPlan, making: Making) -> object:
    """The plain value of one canonical field; raises `Unfit`."""
    value = _found(field, making)
    if value is not None:
        return value
    if isinstance(field.source, Computed | Reading) and field.target.startswith("meta."):
        value = making.meta.get(field.name)
    if value is None and _must(field, making):
        fix = f"send it: the record makes no sense without its {field.target}"
        told = field.source.told if isinstance(field.source, Reading) else field.target
        raise Unfit("MISSING", "nothing", fix=fix, field=told)
    return field.default if value is None else value


def _must(field: FieldPlan, making: Making) -> bool:
    if field.target == "meta.source_id":
        return True
    filled = not isinstance(field.source, Default | Computed)
    return field.required and filled and not making.deleted


def _found(field: FieldPlan, making: Making) -> object:
    source = field.source
    if isinstance(source, Reading):
        return _checked(field, source, _read(source, making))
    if isinstance(source, Constant | Computed):
        return source.value if isinstance(source, Constant) else making.meta.get(source.name)
    if isinstance(source, Parts):
        return _parts(source, making)
    if isinstance(source, Listing):
        return _listing(source, making)
    if isinstance(source, Derived):
        values = [value_of(part, making) for part in source.inputs]
        return source.derive(*values) if any(values) else None
    return None


def _read(source: Reading, making: Making) -> object:
    values = tuple(read(path, making.scope) for path in source.paths)
    said = [v for v, path in zip(values, source.paths, strict=True) if path.root != "="]
    if all(value is None for value in said):
        return None
    try:
        value = source.conversion.convert(values, making.about) if source.conversion else values[0]
        return value if source.table is None else _looked_up(source.table, value)
    except Unfit as unfit:
        raise unfit.at(source.told) from None


def _looked_up(table: dict[str, object], value: object) -> object:
    if value is None:
        return None
    key = key_of(value)
    if key in table:
        return table[key]
    if key == "":
        return None
    fix = "add this value to the rule's `values`"
    raise Unfit("UNKNOWN_VALUE", shape(value), known=tuple(table), fix=fix)


def _checked(field: FieldPlan, source: Reading, value: object) -> object:
    kind = bare(field.type)
    if value is not None and isinstance(kind, Integer) and not in_range(kind, value):
        known = (f"{kind.bits} bits",)
        fix = "send a smaller number"
        raise Unfit("NUMBER_TOO_LARGE", shape(value), known=known, fix=fix, field=source.told)
    return value


def _parts(source: Parts, making: Making) -> object:
    if source.optional and all(_found(part, making) is None for part in source.fields):
        return None
    return {part.name: value_of(part, making) for part in source.fields}


def _listing(source: Listing, making: Making) -> object:
    items = _items(source.each, making.scope)
    found = []
    for place, item in enumerate(items):
        inner = making._replace(scope=making.scope._replace(item=item, place=place))
        try:
            found.append({part.name: value_of(part, inner) for part in source.fields})
        except Unfit as unfit:
            raise _placed(unfit, {ITEM: f"{source.each.text}.{place}"}) from None
    return found


def _items(path: Path, scope: Scope) -> Sequence[object]:
    items = read(path, scope)
    if items is None:
        return ()
    if not isinstance(items, list):
        fix = "send a list, empty if there is none"
        raise Unfit("NOT_A_LIST", shape(items), known=("list",), fix=fix, field=path.text)
    return items


def _scopes(plan: RulePlan, scope: Scope) -> Iterator[tuple[Scope, dict[str, str]]]:
    if not plan.each:
        yield scope, {}
        return
    lists = [_items(path, scope) for path in plan.each]
    if len(lists) == 1:
        for place, item in enumerate(lists[0]):
            yield scope._replace(item=item, place=place), {ITEM: f"{plan.each[0].text}.{place}"}
        return
    first, second = lists
    if len(first) * len(second) > MAX_PAIRS:
        found = f"{len(first)} times {len(second)} items"
        known = (f"at most {MAX_PAIRS} pairs",)
        raise Unfit("TOO_MANY", found, known=known, fix="send fewer", field=plan.each[0].text)
    for place, item in enumerate(first):
        for other, item2 in enumerate(second):
            index = place * len(second) + other
            names = {ITEM: f"{plan.each[0].text}.{place}", ITEM2: f"{plan.each[1].text}.{other}"}
            yield Scope(scope.event, scope.instance, item, item2, index), names


def _placed(unfit: Unfit, places: dict[str, str]) -> Unfit:
    """The same, with `item` replaced by the place in the vendor's list."""
    told = []
    for field in unfit.field.split(" | "):
        root, dot, rest = field.partition(".")
        told.append(f"{places[root]}{dot}{rest}" if root in places else field)
    field = " | ".join(told)
    return Unfit(unfit.code, unfit.found, known=unfit.known, fix=unfit.fix, field=field)


def written(made: Made, schema: CanonSchema) -> Draft:
    """The record as Avro, written by fastavro."""
    meta = made.datum["meta"]
    meta = meta if isinstance(meta, dict) else {}
    subject = f"{meta['instance']}/{meta['source_id']}"
    pii = None if made.pii is None or schema.pii is None else _avro(schema.pii.parsed, made.pii)
    sealable = schema.pii is not None
    body = _avro(schema.parsed, {**made.datum, "pii": None} if sealable else made.datum)
    return Draft(
        made.plan.record,
        schema.id,
        subject.encode() if made.plan.record != "project" else str(meta["source_id"]).encode(),
        subject,
        meta["event_id"],
        meta["occurred_at"],
        meta["instance"],
        body[:-1] if sealable else body,
        pii,
        sealable,
    )


def _avro(parsed: Any, datum: object) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, parsed, datum)
    return out.getvalue()
