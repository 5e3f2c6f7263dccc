"""What may fill a canonical field: conversions, constants and tables checked against Avro types."""

from __future__ import annotations

from preau.mapping.avro_type import Array, Boolean, Enum, Integer, Nullable, Record, Text, Type
from preau.mapping.conversions.conversion import Conversion, Gives

REFERENCE_FIELDS = {"academy", "degree", "jointure"}
_BEFORE_TABLE = {Gives.TEXT, Gives.INTEGER, Gives.BOOLEAN, Gives.SYMBOL}


def bare(kind: Type) -> Type:
    """The type without its null branch."""
    return kind.inner if isinstance(kind, Nullable) else kind


def told(kind: Type) -> str:
    """A type in words."""
    inner = bare(kind)
    if isinstance(inner, Array):
        return f"list of {told(inner.items)}"
    if isinstance(inner, Integer):
        return {"date": "date", "timestamp-millis": "instant in milliseconds"}.get(
            inner.logical, "whole number"
        )
    names = {Text: "text", Boolean: "true or false", Enum: "one canonical symbol", Record: "record"}
    return names.get(type(inner), "something no mapping fills")


def can_fill(conversion: Conversion, kind: Type) -> bool:
    """Whether every value that a conversion gives is a value of this type."""
    inner, gives = bare(kind), conversion.gives
    if isinstance(inner, Enum):
        return gives is Gives.SYMBOL and set(conversion.symbols) <= set(inner.symbols)
    if isinstance(inner, Integer):
        return gives in _numbers(inner)
    if isinstance(inner, Array):
        return _list_fits(conversion, inner.items)
    if isinstance(inner, Record):
        return gives is Gives.REFERENCE and _is_reference(inner)
    return gives in {Text: {Gives.TEXT, Gives.SYMBOL}, Boolean: {Gives.BOOLEAN}}.get(
        type(inner), set()
    )


def can_precede_table(conversion: Conversion) -> bool:
    """Whether what a conversion gives can be looked up in a table."""
    return conversion.gives in _BEFORE_TABLE


def is_value_of(kind: Type, value: object) -> bool:
    """Whether a constant is a value of this type."""
    inner = bare(kind)
    if isinstance(inner, Array):
        return isinstance(value, list) and all(is_value_of(inner.items, item) for item in value)
    if isinstance(inner, Enum):
        return value in inner.symbols
    if isinstance(inner, Integer):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole and in_range(inner, value)
    if isinstance(inner, Boolean):
        return isinstance(value, bool)
    return isinstance(inner, Text) and isinstance(value, str)


def in_range(kind: Integer, value: object) -> bool:
    """Whether a number has room in 32 or 64 bits."""
    half = 1 << (kind.bits - 1)
    return isinstance(value, int) and -half <= value < half


def _numbers(kind: Integer) -> set[Gives]:
    wide = kind.bits == 64  # noqa: PLR2004 - a long
    return {
        "": {Gives.INTEGER, Gives.MICROS, Gives.MILLIS} if wide else {Gives.INTEGER},
        "date": {Gives.DAYS},
        "timestamp-millis": {Gives.MILLIS},
        "timestamp-micros": {Gives.MICROS},
    }.get(kind.logical, set())


def _list_fits(conversion: Conversion, items: Type) -> bool:
    if isinstance(items, Enum):
        return conversion.gives is Gives.SYMBOLS and set(conversion.symbols) <= set(items.symbols)
    return isinstance(items, Text) and conversion.gives in {Gives.TEXTS, Gives.SYMBOLS}


def _is_reference(kind: Record) -> bool:
    degrees = next((f.type for f in kind.fields if f.name == "degree"), None)
    has_degrees = isinstance(degrees, Text) or (
        isinstance(degrees, Enum) and {"FIRST", "SECOND"} <= set(degrees.symbols)
    )
    return {field.name for field in kind.fields} == REFERENCE_FIELDS and has_degrees
