"""Avro bytes, written as text whose characters are the bytes (Latin-1): joined once, encoded once.

Most of a record is ASCII text, which needs no encoding of its own; measured on this hub's records
that is a fourth faster than joining bytes. Avro 1.12, "Binary Encoding".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from preau.mapping.avro_type import (
    Array,
    Boolean,
    Enum,
    Integer,
    Nullable,
    Other,
    Record,
    Text,
    Type,
)

Encode = Callable[[Any], str]
#: Numbers below this have their bytes in a table: lengths, counts, small numbers.
SMALL = 8192


def _slow_long(value: int) -> str:
    zigzag = (value << 1) ^ (value >> 63)
    out = []
    while zigzag > 0x7F:  # noqa: PLR2004 - seven bits a byte
        out.append(chr(zigzag & 0x7F | 0x80))
        zigzag >>= 7
    return "".join(out) + chr(zigzag)


#: Zigzag varints of 0 … 8191.
NUMBERS = tuple(_slow_long(value) for value in range(SMALL))
_PAIRS = tuple(chr(n & 0x7F | 0x80) + chr(n >> 7 | 0x80) for n in range(0x4000))
_14_BITS, _28_BITS, _42_BITS, _56_BITS = 1 << 14, 1 << 28, 1 << 42, 1 << 56
_LAST = tuple(
    chr(n) if n < 0x80 else chr(n & 0x7F | 0x80) + chr(n >> 7)  # noqa: PLR2004 - seven bits a byte
    for n in range(0x4000)
)


def long(value: int) -> str:
    """A signed 64-bit number, fourteen bits at a time."""
    if 0 <= value < SMALL:
        return NUMBERS[value]
    zigzag = (value << 1) ^ (value >> 63)
    if _42_BITS <= zigzag < _56_BITS:  # a moment in microseconds
        low = f"{_PAIRS[zigzag & 0x3FFF]}{_PAIRS[zigzag >> 14 & 0x3FFF]}"
        return f"{low}{_PAIRS[zigzag >> 28 & 0x3FFF]}{_LAST[zigzag >> 42]}"
    if _14_BITS <= zigzag < _28_BITS:  # an offset, most often
        return _PAIRS[zigzag & 0x3FFF] + _LAST[zigzag >> 14]
    out = ""
    while zigzag > 0x3FFF:  # noqa: PLR2004 - fourteen bits a pair
        out += _PAIRS[zigzag & 0x3FFF]
        zigzag >>= 14
    return out + _LAST[zigzag]


class Rest(dict[int, str]):
    """What follows the lowest thirteen bits of a number of at least 8192, by all its other bits.

    Instants of the same hour share most of theirs; emptied when full.
    """

    def __missing__(self, above: int) -> str:
        if len(self) >= SMALL:
            self.clear()
        self[above] = made = long(above << 13)[2:]
        return made


#: The first two bytes of a number of at least 8192, by its lowest thirteen bits.
LOWEST = tuple(chr(n << 1 & 0x7F | 0x80) + chr(n >> 6 | 0x80) for n in range(SMALL))


def text(value: str) -> str:
    """A text of any length: its length in bytes, then UTF-8."""
    if not value.isascii():
        value = value.encode().decode("latin-1")
    size = len(value)
    return (NUMBERS[size] if size < SMALL else long(size)) + value


def encoder(kind: Type) -> Encode:
    """The function that writes a plain value of a type."""
    if isinstance(kind, Enum):
        return {symbol: long(place) for place, symbol in enumerate(kind.symbols)}.__getitem__
    if isinstance(kind, Array):
        return _array(encoder(kind.items))
    if isinstance(kind, Nullable):
        return _nullable(kind.inner, null_first=kind.null_first)
    if isinstance(kind, Record):
        return _record(kind)
    plain: dict[type, Encode] = {Text: text, Integer: long, Boolean: _boolean}
    return _empty(kind) if isinstance(kind, Other) else plain[type(kind)]


def _boolean(value: object) -> str:
    return "\x01" if value else "\x00"


def _array(item: Encode) -> Encode:
    def encode(values: list[object]) -> str:
        if not values:
            return "\x00"
        return long(len(values)) + "".join([item(value) for value in values]) + "\x00"

    return encode


def _nullable(kind: Type, *, null_first: bool) -> Encode:
    null, some = ("\x00", "\x02") if null_first else ("\x02", "\x00")
    inner = encoder(kind)

    def encode(value: object) -> str:
        return null if value is None else some + inner(value)

    def encode_text(value: str | None) -> str:
        if value is not None and value.isascii() and len(value) < SMALL:
            return some + NUMBERS[len(value)] + value
        return encode(value)

    return encode_text if isinstance(kind, Text) else encode


def _record(kind: Record) -> Encode:
    """Written as one expression: records inside records are many (a reference in every person)."""
    space: dict[str, Any] = {"N": NUMBERS, "text": text}
    parts = []
    for number, field in enumerate(kind.fields):
        value = f"value[{field.name!r}]"
        if isinstance(field.type, Text):
            short = f"(t := {value}).isascii() and len(t) < {SMALL}"
            parts.append(f"(N[len(t)] + t if {short} else text(t))")
        else:
            space[f"w{number}"] = encoder(field.type)
            parts.append(f"w{number}({value})")
    made: Encode = eval(f"lambda value: {' + '.join(parts) or repr('')}", space)  # noqa: S307 - names of our schemas
    return made


def _empty(kind: Other) -> Encode:
    sizes = {"double": 8, "float": 4, "null": 0}

    def encode(value: object) -> str:
        if value in (None, b"", "", {}, 0):
            return "\x00" * sizes.get(kind.avro, 1)
        raise TypeError(f"a default of type {kind.avro} that is not empty")

    return encode
