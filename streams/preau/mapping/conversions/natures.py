"""What kind of place a structure of the State is, from the versioned table beside this file."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text

_TABLE = Path(__file__).with_name("natures.toml")
_OTHER = "OTHER"


@lru_cache(maxsize=1)
def natures() -> dict[str, str]:
    """Code, or label in its plainest form → kind of establishment."""
    table = _read()
    groups = [*table["codes"].items(), *table["labels"].items()]
    return {said: kind for kind, words in groups for said in words}


def edition() -> int:
    """The edition of the table, which the conversion says of itself."""
    return int(_read()["version"])


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text("utf-8"))


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text[:80]).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[A-Z0-9]+", ascii_only.upper()))


def _structure_kind(given: tuple[object, ...], _about: About) -> object:
    said = [_plain(text) for text in map(as_text, given) if text]
    known = [natures()[word] for word in said if word in natures()]
    return next(iter(known), _OTHER) if said else None


CONVERSIONS = (
    Conversion(
        "structure_kind",
        "The kind of an establishment, from the State's code (`340`) or label (`COLLEGE`): the "
        "first path that says a known one, else OTHER. "
        f"The table is `natures.toml`, edition {edition()}.",
        Gives.SYMBOL,
        _structure_kind,
        (
            Example(("340", "COLLEGE"), "COLLEGE"),
            Example((None, "École"), "ECOLE_PRIMAIRE"),
            Example(("999", "COLLEGE"), "COLLEGE"),
            Example((None, "CENTRE D'ESSAI"), "OTHER"),
            Example("", None),
        ),
        several=True,
        steady=True,
        symbols=tuple(dict.fromkeys([*natures().values(), _OTHER])),
    ),
)
