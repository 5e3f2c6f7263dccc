"""Conversions that give whole numbers and true or false."""

from __future__ import annotations

import re

from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text, as_texts
from preau.mapping.refusal import Unfit, shape

_DIGITS = re.compile(r"[+-]?[0-9]{1,19}")
_LOW, _HIGH = -(2**63), 2**63 - 1
#: What the vendors met so far write for yes and for no, in small letters.
_YES = frozenset({"true", "1", "o", "oui", "y", "yes"})
_NO = frozenset({"false", "0", "n", "non", "no"})


def as_integer(value: object) -> int | None:
    """A whole number of 64 bits, from a number or a text of digits."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        if not _DIGITS.fullmatch(text):
            raise Unfit("NOT_AN_INTEGER", shape(value), known=("digits",), fix="send digits only")
        value = int(text)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unfit("NOT_AN_INTEGER", shape(value), known=("whole number",), fix="send digits only")
    if not _LOW <= value <= _HIGH:
        known = ("signed 64-bit integers",)
        raise Unfit("NUMBER_TOO_LARGE", shape(value), known=known, fix="send a smaller number")
    return value


def as_boolean(value: object) -> bool | None:
    """True or false, from the ways vendors write it."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if isinstance(value, str) else ""
    if isinstance(value, str) and not text:
        return None
    if (isinstance(value, int) and value == 1) or text in _YES:
        return True
    if (isinstance(value, int) and value == 0) or text in _NO:
        return False
    known = ("true", "false", *sorted((_YES | _NO) - {"true", "false"}))
    raise Unfit("NOT_A_BOOLEAN", shape(value), known=known, fix="send true or false")


def _integer(given: tuple[object, ...], _about: About) -> object:
    return as_integer(given[0])


def _boolean(given: tuple[object, ...], _about: About) -> object:
    return as_boolean(given[0])


def _is_among(given: tuple[object, ...], _about: About) -> object:
    text = as_text(given[0])
    others = [other for value in given[1:] for other in as_texts(value)]
    return None if text is None else text in others


CONVERSIONS = (
    Conversion(
        "integer",
        "A whole number, or a text of digits; 64 bits, sign included.",
        Gives.INTEGER,
        _integer,
        (
            Example(12, 12),
            Example(" -12 ", -12),
            Example("", None),
            Example("12,5", error="NOT_AN_INTEGER"),
            Example(given=True, error="NOT_AN_INTEGER"),
            Example(1.0, error="NOT_AN_INTEGER"),
            Example(2**63, error="NUMBER_TOO_LARGE"),
        ),
        steady=True,
    ),
    Conversion(
        "boolean",
        "True or false, also as 1/0, O/N, oui/non, y/n, yes/no, in any case.",
        Gives.BOOLEAN,
        _boolean,
        (
            Example(given=True, result=True),
            Example(0, result=False),
            Example("Oui", result=True),
            Example("N", result=False),
            Example("", None),
            Example(2, error="NOT_A_BOOLEAN"),
            Example("peut-être", error="NOT_A_BOOLEAN"),
        ),
        steady=True,
    ),
    Conversion(
        "is_among",
        "Whether the first value is one of the others, each a text or a list of texts.",
        Gives.BOOLEAN,
        _is_among,
        (
            Example(("43", ["43", "44"]), result=True),
            Example(("43", None), result=False),
            Example((None, "43"), None),
        ),
        several=True,
    ),
)
