"""Ids for what ONDE gives none: keyed hashes of a school and names, told apart where names repeat.

A guardians' file names children and nothing else of them, a teachers' file names a class: what they
name must have the id that the pupils' file gives it. So an id is made of the names alone as long as
they are one person's in the file, and of more where they are not: then nobody has the id that the
other files name, and no link is made rather than a wrong one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from preau.readers.onde_row import Names

Key = Callable[..., str]
"""From the parts of an id to the id: 64 hexadecimal characters."""


def keys(hide: Callable[[str], str], uai: str, thing: str) -> Key:
    """How the ids of one kind of thing in one school are made; case and accents do not count."""

    def key(*parts: str) -> str:
        return hide("\0".join(("onde", thing, uai, *map(plain, parts))))

    return key


def by_names(key: Key, names: Names) -> str:
    """The id of a person by the family name, else the one in use, and the given name."""
    return key(names.family or names.usage, names.given)


def plain(text: str) -> str:
    """The text in small letters, without accents, one space for all that is not a letter."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("œ", "oe").replace("æ", "ae")
    spelled = unicodedata.normalize("NFKD", folded)
    kept = (c if c.isalnum() else " " for c in spelled if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def repeated(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """The ids that are met with two different marks or more."""
    first: dict[str, str] = {}
    return {one for one, mark in pairs if first.setdefault(one, mark) != mark}
