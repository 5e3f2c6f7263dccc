"""Paths into a vendor's event: `data.members.0.id`, `item.role`, `said.instance`, `=literal`."""

from __future__ import annotations

from typing import NamedTuple

#: What a path may start with besides a field of the event itself.
ITEM, ITEM2, INDEX, SAID, EVENT, LITERAL = "item", "item2", "index", "said", "event", "="
ROOTS = (ITEM, ITEM2, INDEX, SAID)
_SAID_FIELDS = ("instance",)
_MAX_STEPS = 16


class Path(NamedTuple):
    """One path: where it starts, then field names or, for whole numbers, places in a list."""

    text: str
    root: str
    steps: tuple[str, ...]


class Scope(NamedTuple):
    """What paths may look at while one record is made."""

    event: object
    instance: str
    item: object = None
    item2: object = None
    place: int = 0


def parse_path(text: str) -> Path:
    """The path that a text says; raises `ValueError` with the reason."""
    if text.startswith(LITERAL):
        return Path(text, LITERAL, (text[1:],))
    steps = tuple(text.split("."))
    if not all(steps):
        raise ValueError("a path is field names joined by single dots")
    if len(steps) > _MAX_STEPS:
        raise ValueError(f"a path has at most {_MAX_STEPS} steps")
    if steps[0] not in ROOTS:
        return Path(text, EVENT, steps)
    if steps[0] == SAID and steps[1:] not in [(field,) for field in _SAID_FIELDS]:
        raise ValueError("of what the hub knows, a path may read said.instance only")
    if steps[0] == INDEX and len(steps) > 1:
        raise ValueError("index is a number and has no fields")
    return Path(text, steps[0], steps[1:])


def read(path: Path, scope: Scope) -> object:
    """The value at a path, None when any step of it is absent."""
    if path.root == EVENT:
        return follow(scope.event, path.steps)
    if path.root == ITEM:
        return follow(scope.item, path.steps)
    if path.root == ITEM2:
        return follow(scope.item2, path.steps)
    if path.root == INDEX:
        return scope.place
    return scope.instance if path.root == SAID else path.steps[0]


def follow(value: object, steps: tuple[str, ...]) -> object:
    """Walks down plain values; what is not there is None."""
    for step in steps:
        value = enter(value, step)
    return value


def enter(value: object, step: str) -> object:
    """One step down: a field of an object, or the place of that number in a list."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and step.isascii() and step.isdigit():
        return value[int(step)] if len(step) < 10 and int(step) < len(value) else None  # noqa: PLR2004 - longer than any list
    return None
