"""Conversions for the State's staff: function codes, from the versioned table beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text
from preau.mapping.refusal import Unfit, shape

_TABLE = Path(__file__).with_name("functions.toml")
_FIX = "ask for this function to be added to the table of functions"
_CODE = 1  # the second part of `structure$function$label$discipline$label`


class Function(NamedTuple):
    """What a function code makes of a person; `rank` tells which of several counts (0 first)."""

    rank: int
    profile: str
    national: str | None


@lru_cache(maxsize=1)
def functions() -> dict[str, Function]:
    """Function code → what it makes of a person."""
    return {
        code: Function(rank, row["profile"], row.get("national"))
        for rank, row in enumerate(_read()["profile"])
        for code in row["functions"]
    }


def edition() -> int:
    """The edition of the table, which the conversions say of themselves."""
    return int(_read()["version"])


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text("utf-8"))


def _function(value: object) -> Function | None:
    """Of one code, or of a list of functions, the one that counts; unknown ones only if alone."""
    codes = [code for code in _codes(value) if code]
    known = [functions()[code] for code in codes if code in functions()]
    if codes and not known:
        raise Unfit("UNKNOWN_VALUE", shape(codes[0]), known=tuple(functions()), fix=_FIX)
    return min(known, default=None)


def _codes(value: object) -> list[str | None]:
    if not isinstance(value, list):
        return [as_text(value)]
    short = [row for row in value if not isinstance(row, list) or len(row) <= _CODE]
    if short:
        known = ("structure, function, label, discipline, label",)
        raise Unfit("NOT_A_LIST", shape(short[0]), known=known, fix="send all five parts")
    return [as_text(row[_CODE]) for row in value]


def _profile(given: tuple[object, ...], _about: About) -> object:
    function = _function(given[0])
    return function.profile if function else None


def _national(given: tuple[object, ...], _about: About) -> object:
    function = _function(given[0])
    return function.national if function else None


_TEACHER = ["43", "ENS", "ENSEIGNEMENT", "L0202", "LETTRES"]
_HEAD = ["44", "DIR", "DIRECTION", "D0010", "CHEF D'ETABLISSEMENT"]
_NEW = ["43", "ZZZ", "", "", ""]
CONVERSIONS = (
    Conversion(
        "aaf_profile",
        "The profile that a function code of AAF makes, or a list of `ENTPersonFonctions`: then "
        "the one that stands first in the table; an unknown code counts only when none is known. "
        f"The table is `functions.toml`, edition {edition()}.",
        Gives.SYMBOL,
        _profile,
        (
            Example("ENS", "TEACHER"),
            Example(" DIR ", "DIRECTION"),
            Example([_TEACHER, _HEAD, _NEW], "DIRECTION"),
            Example([], None),
            Example("ZZZ", error="UNKNOWN_VALUE"),
            Example([_NEW], error="UNKNOWN_VALUE"),
            Example([["43"]], error="NOT_A_LIST"),
        ),
        steady=True,
        symbols=tuple(dict.fromkeys(function.profile for function in functions().values())),
    ),
    Conversion(
        "aaf_national_profile",
        "As `aaf_profile`, the SDET's own word for it; absent for a code of which it is not known.",
        Gives.TEXT,
        _national,
        (
            Example("ENS", "National_ENS"),
            Example([_TEACHER, _HEAD], "National_DIR"),
            Example("AEH", None),
            Example("ZZZ", error="UNKNOWN_VALUE"),
        ),
        steady=True,
    ),
)
