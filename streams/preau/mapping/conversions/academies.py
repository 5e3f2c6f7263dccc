"""The académies: their two-digit code and their name, from the table beside this file.

Codes of the State's nomenclature N_ACADEMIE. 01, 02, 06, 11, 13, 14, 16, 70 and 98 were read in
entcore's EduConnect code; the others are from memory of the same nomenclature, to be confirmed.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("academies.csv")
_CODE = re.compile(r"0*([0-9]{1,2})")


@lru_cache(maxsize=1024)
def academy_code(text: str) -> str | None:
    """The two-digit code of an académie named by code (`11`, `011`) or by name; None if unknown."""
    if found := _CODE.fullmatch(text[:40]):
        code = found[1].zfill(2)
        return code if code in _names().values() else None
    return _names().get(_plain(text))


def academy_names() -> dict[str, str]:
    """Name in plain capitals → code."""
    return dict(_names())


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return {_plain(row["name"]): row["code"] for row in csv.DictReader(lines)}


def _plain(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", text[:80]).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Z]", "", ascii_only.upper())
    for before in ("ACADEMIEDE", "ACADEMIED", "LA"):
        if plain.startswith(before) and len(plain) > len(before) + 3:
            plain = plain.removeprefix(before)
    return plain.removeprefix("AC") if plain.startswith("AC") and len(plain) > 5 else plain  # noqa: PLR2004 - AC-NICE
