"""Events made up from the rules themselves, to compare the generated code with the plain path."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy

from preau.mapping.language import Condition
from preau.mapping.paths import EVENT, ITEM, ITEM2, Path
from preau.mapping.plan import Derived, FieldPlan, Listing, Parts, Reading, RulePlan

_GOOD = 4  # how much likelier a good example is than one that is refused
_JUNK: tuple[object, ...] = (
    *(None, "", " ", "a", "é\u20ac\U0001f600", "\x00", "x" * 9000, "é" * 5000, "{}'\\\"\n"),
    *(0, 1, -1, 8191, 8192, 2**31, 2**63 - 1, 2**63, -(10**30), 1.5, True, False),
    *([], [None], ["a", 1], {}, {"a": {"b": []}}, [[["x"]]]),
)


def trials(plans: tuple[RulePlan, ...], count: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """Made-up events for one mapping file: most values likely, some absurd; the same each time."""
    draw = random.Random(seed)  # noqa: S311 - made-up events, not secrets
    wanted: dict[Path, list[object]] = {}
    for plan in plans:
        for path in dict.fromkeys(_paths(plan)):
            wanted.setdefault(path, []).extend(_likely(plan, path))
    lists = {path for plan in plans for path in _lists(plan)}
    for _ in range(count):
        event: dict[str, object] = {}
        for path, likely in wanted.items():
            if path.root == EVENT and path not in lists:
                _put(event, path.steps, _drawn(draw, likely))
        for plan in plans:
            _put_items(event, plan, wanted, draw)
        yield event


def _put_items(
    event: dict[str, object],
    plan: RulePlan,
    wanted: dict[Path, list[object]],
    draw: random.Random,
) -> None:
    for root, each in zip((ITEM, ITEM2), plan.each, strict=False):
        items = [_item(root, wanted, draw) for _ in range(draw.randrange(4))]
        _put(event, each.steps, items if draw.random() < 0.95 else _drawn(draw, []))  # noqa: PLR2004
    for field in plan.fields:
        if isinstance(field.source, Listing) and field.source.each.root == EVENT:
            items = [_item(ITEM, wanted, draw) for _ in range(draw.randrange(4))]
            _put(event, field.source.each.steps, items)


def _item(root: str, wanted: dict[Path, list[object]], draw: random.Random) -> object:
    item: dict[str, object] = {}
    for path, likely in wanted.items():
        if path.root == root:
            if not path.steps:
                return _drawn(draw, likely)
            _put(item, path.steps, _drawn(draw, likely))
    return item.get("") if "" in item else item


def _drawn(draw: random.Random, likely: list[object]) -> object:
    drawn = draw.choice(likely) if likely and draw.random() < 0.9 else draw.choice(_JUNK)  # noqa: PLR2004
    return deepcopy(drawn)  # it may be built upon


def _put(tree: dict[str, object], steps: tuple[str, ...], value: object) -> None:
    """Sets a path in a tree of objects and lists; gives way to what stands there already."""
    place: object = tree
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        inner: object = value if following is None else [] if following.isdigit() else {}
        if isinstance(place, dict):
            place = place.setdefault(step, inner)
        elif isinstance(place, list) and step.isdigit():
            while len(place) <= int(step) and int(step) < 64:  # noqa: PLR2004 - made-up lists are short
                place.append(None)
            if int(step) < len(place):
                if place[int(step)] is None:
                    place[int(step)] = inner
                place = place[int(step)]


def _likely(plan: RulePlan, path: Path) -> list[object]:
    """Values that rules are made for: accepted ones, table keys, the conversions' examples."""
    conditions: list[Condition] = [*plan.always, *plan.items]
    mine = [c for c in conditions if c.path == path]
    likely: list[object] = [v for c in mine for v in c.accepted]
    likely += [None for c in mine if c.absent]
    for field in _fields((*plan.fields, *(plan.pii or ()))):
        source = field.source
        if isinstance(source, Reading) and path in source.paths:
            likely += source.table or ()
            for example in source.conversion.examples if source.conversion else ():
                given, place = example.given, source.paths.index(path)
                whole = given if isinstance(given, tuple) else (given,)
                # a value that is refused shows little: all others of its event are not looked at
                likely += [whole[place % len(whole)]] * (1 if example.error else _GOOD)
    return likely


def _paths(plan: RulePlan) -> list[Path]:
    paths = [c.path for c in (*plan.always, *plan.items)] + _lists(plan)
    for field in _fields((*plan.fields, *(plan.pii or ()))):
        if isinstance(field.source, Reading):
            paths += [path for path in field.source.paths if path.root != "="]
    return paths


def _lists(plan: RulePlan) -> list[Path]:
    inner = [f.source.each for f in _fields(plan.fields) if isinstance(f.source, Listing)]
    return [*plan.each, *inner]


def _fields(fields: tuple[FieldPlan, ...]) -> Iterator[FieldPlan]:
    for field in fields:
        yield field
        if isinstance(field.source, Parts | Listing):
            yield from _fields(field.source.fields)
        elif isinstance(field.source, Derived):
            yield from _fields(field.source.inputs)
