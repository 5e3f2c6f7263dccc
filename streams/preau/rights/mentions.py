"""Whether a vendor's bytes speak of somebody: by the ids of their accounts, or by name. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from preau.keys.likeness import plain_name

_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")
_WORDS = re.compile(r"[^\W_]+")
_TOKENS = re.compile(r"[\w-]+")


class Terms(NamedTuple):
    """What tells somebody: ids of accounts, and names, each as (given name, family name)."""

    ids: frozenset[str]
    names: frozenset[tuple[str, str]]


def terms(ids: Iterable[str], names: Iterable[tuple[str, str]]) -> Terms:
    """What to look for; an id of one or two characters is looked for too, names as files write."""
    plain = ((plain_name(given), plain_name(family)) for given, family in names)
    return Terms(frozenset(ids), frozenset(pair for pair in plain if all(pair)))


def any_of(people: Iterable[Terms]) -> Terms:
    """What tells one of several people: a letter is then read once for all of them."""
    every = tuple(people)
    ids = {id_ for each in every for id_ in each.ids}
    return Terms(frozenset(ids), frozenset(pair for each in every for pair in each.names))


def speaks_of(body: bytes, wanted: Terms) -> bool:
    """Whether these bytes, text of any kind, hold one of the ids as a whole, or both names."""
    text = _text(body)
    if "\\u" in text:
        text = _ESCAPE.sub(lambda found: str(json.loads(f'"{found[0]}"')), text)
    if not wanted.ids.isdisjoint(_TOKENS.findall(text)):
        return True
    if any(_stands(id_, text) for id_ in wanted.ids if not _TOKENS.fullmatch(id_)):
        return True
    if not wanted.names:
        return False
    words = _plain_words(text)
    return any(given in words and family in words for given, family in wanted.names)


def _text(body: bytes) -> str:
    """Files that are not UTF-8 are Windows-1252, of which ISO-8859-1 is a part."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _stands(id_: str, text: str) -> bool:
    """The id, not as a part of a longer one."""
    at = text.find(id_)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(id_) : at + len(id_) + 1]
        if not _joins(before) and not _joins(after):
            return True
        at = text.find(id_, at + 1)
    return False


def _joins(letter: str) -> bool:
    return letter.isalnum() or letter in ("_", "-")


def _plain_words(text: str) -> Collection[str]:
    """A plain text in which plain names are looked for: words follow one another without spaces."""
    return plain_name(" ".join(_WORDS.findall(text)))
