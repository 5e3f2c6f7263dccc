"""Conversions for the State's person numbers: académie, degree, jointure, in several dialects."""

from __future__ import annotations

import re

from preau.mapping.conversions.academies import academy_code
from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text

_LONGEST = 20
#: `AC-RENNES$128407`, `MONTPELLIER-700001`, `11-700001` (entcore's feeder puts the name before).
_JOINED = re.compile(r"([A-Za-z][\w' -]{1,40}?|[0-9]{1,3})[$-]([0-9]{1,20})")
#: `{AAF}11|x|700001`: FrEduCtRefId of EduConnect; its middle field is not used.
_EDUCONNECT = re.compile(r"\{AAF\}([0-9]{1,3})\|[^|]{0,40}\|([0-9]{1,20})")
_DEGREES = {"FIRST": "FIRST", "SECOND": "SECOND", "1D": "FIRST", "2D": "SECOND"}


def _reference(academy: str | None, number: str, degree: str | None) -> dict[str, object] | None:
    code = academy_code(academy) if academy else None
    good = number.isascii() and number.isdigit() and len(number) <= _LONGEST
    if code is None or not degree or not good:
        return None
    return {"academy": code, "degree": degree, "jointure": number.lstrip("0") or "0"}


def _degree(given: tuple[object, ...], place: int, about: About) -> str | None:
    if len(given) <= place:
        return about.degree or None
    text = as_text(given[place])
    return _DEGREES.get(text.upper()) if text else about.degree or None


def _aaf_ref(given: tuple[object, ...], about: About) -> object:
    number = as_text(given[1]) if len(given) > 1 else None
    if number is None:
        return None
    return _reference(as_text(given[0]), number, _degree(given, 2, about))


def _jointure(given: tuple[object, ...], about: About) -> object:
    text = as_text(given[0])
    found = text and (_JOINED.fullmatch(text) or _EDUCONNECT.fullmatch(text))
    return _reference(found[1], found[2], _degree(given, 1, about)) if found else None


_REF = {"academy": "11", "degree": "FIRST", "jointure": "700001"}
CONVERSIONS = (
    Conversion(
        "aaf_ref",
        "The State's reference of a person, from [académie, number] or [académie, number, degree]; "
        "without a degree the card's counts. Absent when any part is missing or unknown.",
        Gives.REFERENCE,
        _aaf_ref,
        (
            Example(("11", "700001"), _REF),
            Example(("MONTPELLIER", 700001, "2D"), {**_REF, "degree": "SECOND"}),
            Example(("11", None), None),
            Example(("Atlantide", "700001"), None),
        ),
        several=True,
    ),
    Conversion(
        "jointure",
        "The same from one text (`AC-RENNES$128407`, `MONTPELLIER-700001`, `{AAF}11|x|700001`), "
        "and the degree as a second path if need be. Absent for any other text.",
        Gives.REFERENCE,
        _jointure,
        (
            Example("MONTPELLIER-700001", _REF),
            Example("AC-RENNES$128407", {**_REF, "academy": "14", "jointure": "128407"}),
            Example(("{AAF}11|x|700001", "SECOND"), {**_REF, "degree": "SECOND"}),
            Example("Z4-1B", None),
        ),
        several=True,
    ),
)
