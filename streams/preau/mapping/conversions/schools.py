"""Conversions for establishments: the UAI, its check letter, the académie."""

from __future__ import annotations

import re

from preau.mapping.conversions.academies import academy_code
from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text, first
from preau.mapping.refusal import Unfit, shape

_UAI = re.compile(r"[0-9]{7}[A-Z]")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_KNOWN = ("7 digits and a letter",)


def as_uai(text: str) -> str | None:
    """The UAI in its usual form, None when the text has not the shape of one."""
    plain = text.strip().upper()
    return plain if _UAI.fullmatch(plain) else None


def uai_is_valid(uai: object) -> bool:
    """Whether the check letter is right: the number modulo 23 (true of 11,395 real UAIs of 11,395).

    Test files, and live ones, hold wrong letters: a flag, never a refusal.
    """
    text = as_uai(uai) if isinstance(uai, str) else None
    return text is not None and _LETTERS[int(text[:7]) % 23] == text[7]


def _uai(given: tuple[object, ...], _about: About) -> object:
    text = first(given)
    if text is None:
        return None
    uai = as_uai(text)
    if uai is None:
        raise Unfit("NOT_A_UAI", shape(text), known=_KNOWN, fix="send the UAI of the school")
    return uai


def _uai_valid(given: tuple[object, ...], _about: About) -> object:
    text = first(given)
    return None if text is None else uai_is_valid(text)


def _place(given: tuple[object, ...], about: About) -> object:
    texts = [as_text(value) for value in given]
    for text in texts:
        if text and (uai := as_uai(text)):
            return uai
    last = texts[-1]
    return f"{about.instance}/{last}" if last else None


def _places(given: tuple[object, ...], about: About) -> object:
    place = _place(given, about)
    return [] if place is None else [place]


def _academy(given: tuple[object, ...], _about: About) -> object:
    codes = (academy_code(text) for text in map(as_text, given) if text)
    return next((code for code in codes if code), None)


CONVERSIONS = (
    Conversion(
        "uai",
        "The UAI of a school (first path that is there), in capitals; a wrong check letter is kept "
        "(`uai_valid` tells it), a wrong shape is refused.",
        Gives.TEXT,
        _uai,
        (
            Example(" 0310001h ", "0310001H"),
            Example((None, "0123456A"), "0123456A"),
            Example("", None),
            Example("école", error="NOT_A_UAI"),
        ),
        several=True,
        steady=True,
    ),
    Conversion(
        "uai_valid",
        "Whether a UAI's check letter is right (number modulo 23).",
        Gives.BOOLEAN,
        _uai_valid,
        (
            Example("0310001H", result=True),
            Example("0123456A", result=False),
            Example("école", result=False),
        ),
        several=True,
        steady=True,
    ),
    Conversion(
        "place",
        "A school's key: the first path with the shape of a UAI, else the last as `local`.",
        Gives.TEXT,
        _place,
        (Example((None, "0310001H", "43"), "0310001H"), Example(("?", "43"), "ent/43")),
        several=True,
    ),
    Conversion(
        "places",
        "As `place`, as a list of one.",
        Gives.TEXTS,
        _places,
        (Example(("0310001H", "43"), ["0310001H"]), Example((None, ""), [])),
        several=True,
    ),
    Conversion(
        "academy",
        "The académie in two digits, from a code or a name; the first path that says a known one.",
        Gives.TEXT,
        _academy,
        (
            Example("013", "13"),
            Example(11, "11"),
            Example("AC-RENNES", "14"),
            Example((None, "Aix-Marseille"), "02"),
            Example("Atlantide", None),
        ),
        several=True,
        steady=True,
    ),
)
