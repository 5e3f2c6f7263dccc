"""Conversions about persons: the INE (never stored, only its keyed hash), hidden ids, gender."""

from __future__ import annotations

import re
import unicodedata

from preau.keys.ine import KNOWN, digest_in, masked, plain_ine
from preau.mapping.conversions.conversion import About, Conversion, Example, Gives
from preau.mapping.conversions.texts import as_text, as_texts, first
from preau.mapping.refusal import Unfit, shape

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
    if masked(text):
        found = digest_in(text)
    else:
        plain = plain_ine(text)
        found = about.ine(plain) if plain is not None else None
    if found is None:
        fix = "send the INE as the State wrote it"
        raise Unfit("NOT_AN_INE", shape(text), known=KNOWN, fix=fix)
    return found


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
        "The keyed hash of an INE (first path that is there), or the one that a reader put in its "
        "place; the INE itself is never kept.",
        Gives.TEXT,
        _ine_hash,
        (
            Example("120890177FA", "ine(120890177FA)"),
            Example(" 0806 0000 11v", "ine(0806000011V)"),
            Example(f"ine:{'0a' * 32}", "0a" * 32),
            Example("", None),
            Example("12", error="NOT_AN_INE"),
            Example("ine:?2", error="NOT_AN_INE"),
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
