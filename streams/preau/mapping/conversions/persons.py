"""Conversions about persons: the INE (never stored, only its keyed hash), hidden ids, gender."""

from __future__ import annotations

import re
import unicodedata

from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text, as_texts, first
from preau.mapping.refusal import Unfit, shape

#: RNIE since 2018, BEA before, apprentices; the check letter's rule was not found anywhere.
_INE = re.compile(r"[0-9]{9}[A-Z]{2}|[0-9]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z]")
_FEMALE = frozenset(
    {"F", "FEMININ", "FEMME", "FILLE", "MME", "MLLE", "MADAME", "MADEMOISELLE", "2"}
)
_MALE = frozenset({"M", "H", "G", "MASCULIN", "HOMME", "GARCON", "MONSIEUR", "MR", "1"})
_STRENGTH = ("READ", "COMMENT", "CONTRIB", "MANAGE")
_RIGHTS = {
    "read": "READ",
    "view": "READ",
    "comment": "COMMENT",
    "contrib": "CONTRIB",
    "write": "CONTRIB",
    "edit": "CONTRIB",
    "manage": "MANAGE",
    "manager": "MANAGE",
    "admin": "MANAGE",
}


def _ine_hash(given: tuple[object, ...], about: About) -> object:
    text = as_text(given[0]) if len(given) == 1 else first(given)
    if text is None:
        return None
    plain = text.replace(" ", "").upper()
    if not _INE.fullmatch(plain):
        known = ("9 digits 2 letters", "10 digits 1 letter", "4 digits A 5 digits 1 letter")
        raise Unfit(
            "NOT_AN_INE", shape(text), known=known, fix="send the INE as the State wrote it"
        )
    return about.ine(plain)


def _hashed(given: tuple[object, ...], about: About) -> object:
    text = first(given)
    return about.hide(text) if text else None


def _gender(given: tuple[object, ...], _about: About) -> object:
    text = as_text(given[0])
    if text is None:
        return None
    plain = unicodedata.normalize("NFKD", text[:40]).encode("ascii", "ignore").decode().upper()
    plain = plain.strip(" .")
    return "F" if plain in _FEMALE else "M" if plain in _MALE else None


def _given_names(given: tuple[object, ...], _about: About) -> object:
    texts = [text for value in given for text in as_texts(value)]
    names = [name for text in texts for name in re.split(r"[\s,;]+", text) if name]
    return list(dict.fromkeys(names))


def _permission(given: tuple[object, ...], _about: About) -> object:
    words = [text.rpartition(".")[2].lower() for value in given for text in as_texts(value)]
    if not words:
        return None
    unknown = [word for word in words if word not in _RIGHTS]
    if unknown:
        fix = "ask for this right's meaning to be added to the conversion"
        raise Unfit("UNKNOWN_RIGHT", shape(unknown[0]), known=tuple(_RIGHTS), fix=fix)
    return max((_RIGHTS[word] for word in words), key=_STRENGTH.index)


CONVERSIONS = (
    Conversion(
        "ine_hash",
        "The keyed hash of an INE (first path that is there); the INE itself is never kept.",
        Gives.TEXT,
        _ine_hash,
        (
            Example("120890177FA", "ine(120890177FA)"),
            Example(" 0806 0000 11v", "ine(0806000011V)"),
            Example("", None),
            Example("12", error="NOT_AN_INE"),
        ),
        several=True,
    ),
    Conversion(
        "hashed",
        "The keyed hash of an id that is personal (an e-mail, a login): the only form in which it "
        "may be an id here.",
        Gives.TEXT,
        _hashed,
        (Example("a.b@example.org", "hide(a.b@example.org)"), Example("", None)),
        several=True,
    ),
    Conversion(
        "gender",
        "`F` or `M`, from M, F, H, 1, 2, Mme, Mlle, M. and their like; absent for anything else.",
        Gives.TEXT,
        _gender,
        (Example("Mlle", "F"), Example("H", "M"), Example(2, "F"), Example("?", None)),
        steady=True,
    ),
    Conversion(
        "given_names",
        "Given names one by one, from a list or from one text with spaces or commas between them.",
        Gives.TEXTS,
        _given_names,
        (
            Example("Zoé, Inès  Rose", ["Zoé", "Inès", "Rose"]),
            Example(["Anne-Laure", "Zoé"], ["Anne-Laure", "Zoé"]),
        ),
        several=True,
    ),
    Conversion(
        "permission",
        "The strongest right of a list (`read`, `workspace.contrib`, `manager`): READ, COMMENT, "
        "CONTRIB or MANAGE.",
        Gives.SYMBOL,
        _permission,
        (
            Example(["workspace.read", "comment"], "COMMENT"),
            Example("manager", "MANAGE"),
            Example([], None),
            Example(["dance"], error="UNKNOWN_RIGHT"),
        ),
        several=True,
        symbols=_STRENGTH,
    ),
)
