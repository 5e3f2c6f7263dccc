"""The check at the edge for JSON: nothing that two decoders could understand differently.

Refused with a reason each: bytes that are not UTF-8, nesting deeper than 32, a key twice in one
object, NaN and Infinity, lone surrogates, NUL, numbers that no 64-bit field holds, too many bytes.
Most decoders, ours included, let several of these pass in silence (RFC 8259 §4, §6, §8, §9; OWASP
ASVS 5.0 1.5.3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from preau.errors import SetAside

MAX_DEPTH = 32
#: Bytes of one event (256 KiB).
MAX_BYTES = 262_144
#: Characters of the longest signed 64-bit integer: a longer one is refused without computing it.
_LONGEST = 20
_LOW, _HIGH = -(2**63), 2**63 - 1
_INFINITE = (float("inf"), float("-inf"))
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_OPENING, _CLOSING = (b"[", b"{"), (b"]", b"}")
_TEXT = "escape line ends and tabs in texts; never send NUL"


def check(body: bytes, limit: int = MAX_BYTES) -> None:
    """Returns when the body may be trusted to any JSON decoder; else raises `SetAside`."""
    read(body, limit)


def read(body: bytes, limit: int = MAX_BYTES) -> object:
    """The plain values of a body that passes the check; else raises `SetAside`."""
    if len(body) > limit:
        known = (f"at most {limit} bytes",)
        raise SetAside("JSON_SIZE", f"{len(body)} bytes", known=known, fix="send less at once")
    if b"\0" in body:
        raise SetAside("JSON_NUL", f"byte {body.index(0)} is NUL", fix=_TEXT)
    value = _decoded(body)
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _depth(body) > MAX_DEPTH:
        raise _deep()
    if b"\\u" in body:
        _check_escapes(body, value)
    return value


def _decoded(body: bytes) -> object:
    try:
        return _DECODER.decode(body.decode())
    except UnicodeDecodeError as error:
        fix = "write JSON in UTF-8, without exception"
        raise SetAside("JSON_ENCODING", f"byte {error.start} is not UTF-8", fix=fix) from None
    except json.JSONDecodeError as error:
        raise _broken(error) from None
    except RecursionError:
        raise _deep() from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        what = f"an object of {len(pairs)} fields has one of them twice"
        raise SetAside("JSON_DUPLICATE", what, fix="give each field once")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST or not _LOW <= (number := int(digits)) <= _HIGH:
        what = f"an integer of {len(digits)} characters"
        raise SetAside(
            "JSON_NUMBER", what, known=("signed 64-bit integers",), fix="send it as text"
        )
    return number


def _real(digits: str) -> float:
    number = float(digits)
    if number in _INFINITE:
        what = f"a number of {len(digits)} characters is too great"
        raise SetAside("JSON_NUMBER", what, known=("IEEE 754 doubles",), fix="send it as text")
    return number


def _constant(name: str) -> NoReturn:
    fix = "send null, or leave the field out"
    raise SetAside("JSON_NUMBER", f"{name} is not a JSON number", fix=fix)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant
)


def _broken(error: json.JSONDecodeError) -> SetAside:
    if "control character" in error.msg:
        return SetAside("JSON_CONTROL", "a control character stands unescaped in a text", fix=_TEXT)
    place = f"line {error.lineno}, column {error.colno}"
    return SetAside(
        "JSON_BROKEN", f"not JSON: {error.msg.lower()} at {place}", fix="send one value"
    )


def _deep() -> SetAside:
    what = f"nested deeper than {MAX_DEPTH}"
    return SetAside("JSON_DEPTH", what, known=(f"at most {MAX_DEPTH}",), fix="flatten the event")


def _depth(body: bytes) -> int:
    """The nesting of a body already known to be JSON, so that every text in it has its end."""
    depth = deepest = 0
    for token in _TOKEN.findall(body):
        if token in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif token in _CLOSING:
            depth -= 1
    return deepest


def _check_escapes(body: bytes, value: object) -> None:
    if b"\\u0000" in body and any("\0" in text for text in _texts(value)):
        raise SetAside("JSON_NUL", "a text holds NUL, escaped", fix=_TEXT)
    if b"\\ud" in body.lower() and any(_is_half(text) for text in _texts(value)):
        what = "a text holds half of a surrogate pair"
        raise SetAside("JSON_SURROGATE", what, fix="write each character whole, in UTF-8")


def _is_half(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
