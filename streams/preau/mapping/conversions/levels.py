"""Conversions for school levels: labels, MEF codes of the State, MEFSTAT4.

Sources: the MEF and MEFSTAT tables of the State's MefEducNat of 2013 (2,504 codes) and the labels
that vendors and BE1D write ("CM1 - Bleu", "6EME", "SIXIEME").
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text, as_texts

LEVELS = (
    *("TPS", "PS", "MS", "GS", "CP", "CE1", "CE2", "CM1", "CM2"),
    *("SIXIEME", "CINQUIEME", "QUATRIEME", "TROISIEME", "SECONDE", "PREMIERE", "TERMINALE"),
    *("ULIS", "SEGPA", "OTHER"),
)
#: Words of a label, without accents and in capitals, besides the symbols themselves.
_WORDS = {
    **dict.fromkeys(("6EME", "6E", "6IEME", "6"), "SIXIEME"),
    **dict.fromkeys(("5EME", "5E", "5IEME", "5"), "CINQUIEME"),
    **dict.fromkeys(("4EME", "4E", "4IEME", "4"), "QUATRIEME"),
    **dict.fromkeys(("3EME", "3E", "3IEME", "3"), "TROISIEME"),
    **dict.fromkeys(("2NDE", "2DE", "2ND"), "SECONDE"),
    **dict.fromkeys(("1ERE", "1RE"), "PREMIERE"),
    **dict.fromkeys(("TLE", "TERM", "TERMINALES"), "TERMINALE"),
    "CLIS": "ULIS",
}
_LONG = {
    "TOUTE PETITE SECTION": "TPS",
    "PETITE SECTION": "PS",
    "MOYENNE SECTION": "MS",
    "GRANDE SECTION": "GS",
    "COURS PREPARATOIRE": "CP",
    "COURS ELEMENTAIRE 1": "CE1",
    "COURS ELEMENTAIRE 2": "CE2",
    "COURS MOYEN 1": "CM1",
    "COURS MOYEN 2": "CM2",
}
_GLUED = re.compile(r"(?:CP|CE1|CE2|CM1|CM2)+")
_PARTS = re.compile(r"CP|CE1|CE2|CM1|CM2")
_CYCLE = re.compile(r"CYCLES? ?(?:[0-9]|I{1,3}|IV)\b")
#: First three characters of a MEF → level; the first degree needs the end of the code too.
_MEF = {
    "001": "CP",
    "004": "TPS",
    "100": "SIXIEME",
    "101": "CINQUIEME",
    "102": "QUATRIEME",
    "103": "TROISIEME",
    **dict.fromkeys(("164", "165", "166", "167"), "SEGPA"),
}
_MEF_ENDS = {
    ("000", "310"): "PS",
    ("000", "320"): "MS",
    ("000", "330"): "GS",
    ("002", "210"): "CE1",
    ("002", "220"): "CE2",
    ("003", "210"): "CM1",
    ("003", "220"): "CM2",
}
_MEFSTAT = {
    "TPS": "1110",
    "PS": "1111",
    "MS": "1112",
    "GS": "1113",
    "CP": "1121",
    "CE1": "1122",
    "CE2": "1123",
    "CM1": "1124",
    "CM2": "1125",
    "SIXIEME": "2111",
    "CINQUIEME": "2112",
    "QUATRIEME": "2115",
    "TROISIEME": "2116",
}
_MEFSTAT_SEGPA6 = "2431"
_MEF_LENGTH = 11
_CYCLE_3_LEVELS = frozenset({"CM1", "CM2", "SIXIEME"})
_CYCLE_3_MEFSTAT = frozenset({"1124", "1125", "2111", "2431"})


def is_cycle_3(levels: object, mefstat4: object) -> bool:
    """Whether a group holds pupils of cycle 3; a label such as "CYCLE III" is never believed."""
    told = [*levels] if isinstance(levels, list) else []
    codes = [*mefstat4] if isinstance(mefstat4, list) else []
    return not (_CYCLE_3_LEVELS.isdisjoint(told) and _CYCLE_3_MEFSTAT.isdisjoint(codes))


@lru_cache(maxsize=2048)
def levels_of(label: str) -> tuple[str, ...]:
    """The levels that a label names, in its order; OTHER when it names none."""
    plain = unicodedata.normalize("NFKD", label[:200]).encode("ascii", "ignore").decode().upper()
    plain = _CYCLE.sub(" ", " ".join(re.findall(r"[A-Z0-9]+", plain)))
    for words, level in _LONG.items():
        plain = plain.replace(words, level)
    tokens = plain.split()
    alone = len(tokens) == 1
    found = [level for token in tokens for level in _of_token(token, alone=alone)]
    return tuple(dict.fromkeys(found)) or ("OTHER",)


def _of_token(token: str, *, alone: bool) -> list[str]:
    if token in LEVELS:
        return [token]
    if len(token) == 1 and not alone:
        return []  # in "CM1 - 6" the 6 is a number, not a level
    if token in _WORDS:
        return [_WORDS[token]]
    return _PARTS.findall(token) if _GLUED.fullmatch(token) else []


def mef_level(code: str) -> str | None:
    """The level of a MEF of 11 characters, None for one that has no level of ours."""
    if len(code) != _MEF_LENGTH:
        return None
    return _MEF.get(code[:3]) or _MEF_ENDS.get((code[:3], code[8:]))


def _levels(given: tuple[object, ...], _about: About) -> object:
    labels = [text for value in given for text in as_texts(value)]
    return list(dict.fromkeys(level for label in labels for level in levels_of(label)))


def _named_levels(given: tuple[object, ...], about: About) -> object:
    found = _levels(given, about)
    return [level for level in found if level != "OTHER"] if isinstance(found, list) else found


def _level(given: tuple[object, ...], _about: About) -> object:
    text = as_text(given[0])
    return levels_of(text)[0] if text else None


def _mef_level(given: tuple[object, ...], _about: About) -> object:
    text = as_text(given[0])
    return mef_level(text) if text else None


def _mef_levels(given: tuple[object, ...], _about: About) -> object:
    found = (mef_level(code) for value in given for code in as_texts(value))
    return list(dict.fromkeys(level for level in found if level))


def _mef_mefstat4(given: tuple[object, ...], _about: About) -> object:
    codes = [code for value in given for code in as_texts(value)]
    found = [
        _MEFSTAT_SEGPA6 if code.startswith("164") else _MEFSTAT.get(mef_level(code) or "")
        for code in codes
    ]
    return list(dict.fromkeys(code for code in found if code))


def _mefstat4(given: tuple[object, ...], _about: About) -> object:
    codes = [text.partition("$")[0] for value in given for text in as_texts(value)]
    whole = [code[:4] for code in codes if len(code) in (4, 11) and code.isascii()]
    return list(dict.fromkeys(code for code in whole if code.isdigit()))


CONVERSIONS = (
    Conversion(
        "levels",
        "The levels that one label, a list of labels or several paths name; a label that names "
        "none is OTHER, and so is a bare cycle (it is not believed).",
        Gives.SYMBOLS,
        _levels,
        (
            Example("CM1 - Bleu", ["CM1"]),
            Example(["CM1", "CM2"], ["CM1", "CM2"]),
            Example("CM1/CM2", ["CM1", "CM2"]),
            Example("CE2CM1", ["CE2", "CM1"]),
            Example("6EME", ["SIXIEME"]),
            Example("Sixième", ["SIXIEME"]),
            Example("6e SEGPA", ["SIXIEME", "SEGPA"]),
            Example("cours moyen 2e année", ["OTHER"]),
            Example("Grande section", ["GS"]),
            Example("CYCLE III", ["OTHER"]),
            Example("", []),
            Example({"a": 1}, error="NOT_A_TEXT"),
        ),
        several=True,
        symbols=LEVELS,
    ),
    Conversion(
        "named_levels",
        "As `levels`, without OTHER: a label that names no level says nothing.",
        Gives.SYMBOLS,
        _named_levels,
        (
            Example("CM1-CM2 bleu", ["CM1", "CM2"]),
            Example("ULIS école", ["ULIS"]),
            Example("Les dauphins", []),
        ),
        several=True,
        symbols=LEVELS,
    ),
    Conversion(
        "level",
        "The first level that a label names, else OTHER.",
        Gives.SYMBOL,
        _level,
        (Example("CM2 A", "CM2"), Example("ULIS", "ULIS"), Example("Atelier", "OTHER")),
        steady=True,
        symbols=LEVELS,
    ),
    Conversion(
        "mef_level",
        "The level of a MEF code (11 characters); absent for one that has none here.",
        Gives.SYMBOL,
        _mef_level,
        (
            Example("00310002220", "CM2"),
            Example("10010012110", "SIXIEME"),
            Example("20110019110", None),
        ),
        steady=True,
        symbols=LEVELS,
    ),
    Conversion(
        "mef_levels",
        "The levels of one or several MEF codes, without repeats; those that have none left out.",
        Gives.SYMBOLS,
        _mef_levels,
        (
            Example(["00310002210", "00310002220", "00310002210"], ["CM1", "CM2"]),
            Example("16410002110", ["SEGPA"]),
        ),
        several=True,
        symbols=LEVELS,
    ),
    Conversion(
        "mef_mefstat4",
        "The MEFSTAT4 of one or several MEF codes, without repeats; unknown ones left out.",
        Gives.TEXTS,
        _mef_mefstat4,
        (
            Example(["00310002210", "10010012110"], ["1124", "2111"]),
            Example("16410002110", ["2431"]),
        ),
        several=True,
    ),
    Conversion(
        "mefstat4",
        "MEFSTAT4 codes from MEFSTAT4, MEFSTAT11 or `code$label`; anything else left out.",
        Gives.TEXTS,
        _mefstat4,
        (
            Example("11250010002", ["1125"]),
            Example(["1124$CM1", "1125$CM2"], ["1124", "1125"]),
            Example("CM2", []),
        ),
        several=True,
    ),
)
