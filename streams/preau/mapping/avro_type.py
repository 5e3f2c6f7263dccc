"""Avro types as the engine sees them: what a field holds, and its default as a plain value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """`string`, with or without a logical type."""


@dataclass(frozen=True)
class Integer:
    """`int` or `long`; `logical` is date, timestamp-millis, timestamp-micros or empty."""

    bits: int
    logical: str = ""


@dataclass(frozen=True)
class Boolean:
    """`boolean`."""


@dataclass(frozen=True)
class Enum:
    """`enum`."""

    symbols: tuple[str, ...]


@dataclass(frozen=True)
class Array:
    """`array`."""

    items: Type


@dataclass(frozen=True)
class Nullable:
    """A union of null and one other type."""

    inner: Type
    null_first: bool


@dataclass(frozen=True)
class Field:
    """One field of a record; `default` is a plain value, complete down to its own fields."""

    name: str
    type: Type
    default: object
    required: bool


@dataclass(frozen=True)
class Record:
    """`record`."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Other:
    """Anything else (bytes, double, map …): it may hold its default, no mapping may fill it."""

    avro: str


Type = Text | Integer | Boolean | Enum | Array | Nullable | Record | Other


def read_type(raw: object, named: dict[str, Type] | None = None) -> Type:
    """The type that an Avro schema (plain JSON values) says."""
    seen: dict[str, Type] = {} if named is None else named
    if isinstance(raw, list):
        return _union(raw, seen)
    if isinstance(raw, Mapping):
        return _complex(raw, seen)
    if isinstance(raw, str) and raw in _PRIMITIVES:
        return _PRIMITIVES[raw]
    name = str(raw).rpartition(".")[2]
    return seen.get(name) or Other(name)


_PRIMITIVES: dict[str, Type] = {
    "string": Text(),
    "int": Integer(32),
    "long": Integer(64),
    "boolean": Boolean(),
}


def _union(raw: list[object], seen: dict[str, Type]) -> Type:
    pair = 2
    if len(raw) != pair or "null" not in raw:
        return Other("union")
    null_first = raw[0] == "null"
    return Nullable(read_type(raw[1] if null_first else raw[0], seen), null_first)


def _complex(raw: Mapping[str, object], seen: dict[str, Type]) -> Type:
    kind, name = raw["type"], str(raw.get("name", "")).rpartition(".")[2]
    if kind == "record" and isinstance(fields := raw["fields"], list):
        found: Type = Record(name, tuple(_field(field, seen) for field in fields))
    elif kind == "enum" and isinstance(symbols := raw["symbols"], list):
        found = Enum(tuple(str(symbol) for symbol in symbols))
    elif kind == "array":
        return Array(read_type(raw["items"], seen))
    elif kind in ("int", "long"):
        return Integer(32 if kind == "int" else 64, str(raw.get("logicalType", "")))
    else:
        return read_type(kind, seen) if kind in _PRIMITIVES else Other(str(kind))
    seen[name] = found
    return found


def _field(raw: Mapping[str, object], seen: dict[str, Type]) -> Field:
    kind = read_type(raw["type"], seen)
    default = whole(kind, raw.get("default"))
    return Field(str(raw["name"]), kind, default, raw.get("x-required") is True)


def whole(kind: Type, value: object) -> object:
    """A default with the defaults of its own fields filled in."""
    if isinstance(kind, Nullable):
        return None if value is None else whole(kind.inner, value)
    if isinstance(kind, Record):
        given = value if isinstance(value, Mapping) else {}
        return {
            f.name: whole(f.type, given[f.name]) if f.name in given else f.default
            for f in kind.fields
        }
    if isinstance(kind, Array) and isinstance(value, list):
        return [whole(kind.items, item) for item in value]
    return value
