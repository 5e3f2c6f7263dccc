"""Reads the values of a card's keys; each raises `FixTheFolder` with what is known."""

from __future__ import annotations

import re
from typing import NoReturn

from preau.errors import FixTheFolder, Place
from preau.mapping.language import at, guess
from preau.mapping.paths import EVENT, parse_path

OPERATIONS = (
    *("GROUP_PUT", "GROUP_REMOVE", "MEMBER_PUT", "MEMBER_REMOVE", "RESOURCE_PUT"),
    *("SHARE_PUT", "SHARE_REMOVE", "HOMEWORK_PUT", "HOMEWORK_REMOVE"),
    *("NOTICE_PUT", "NOTICE_REMOVE", "CALENDAR_EVENT_PUT", "CALENDAR_EVENT_REMOVE"),
)
PEOPLE = "PERSON_PUT"
"""No operation: under this name a card lists what the sets of a directory service say of people."""
_LONGEST, _MOST = 400, 64
_WORD = re.compile(r"[A-Za-z0-9_-]{1,60}")


def short_text(raw: object, place: Place) -> str:
    """A text of at most 400 characters; a whole number counts as text."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str) or len(raw) > _LONGEST:
        _refuse("CARD_VALUE", "not a short text", place, fix=f"write at most {_LONGEST} characters")
    return raw.strip()


def one_of(raw: object, known: tuple[str, ...], place: Place) -> str:
    """One of the known words."""
    if raw not in known:
        fix = guess(str(raw), known) or "choose one of the known words"
        _refuse("CARD_VALUE", "not one of the known words", place, known, fix)
    return str(raw)


def flag_list(raw: object, known: tuple[str, ...], place: Place) -> tuple[str, ...]:
    """A list of known words, none twice."""
    values = tuple(one_of(value, known, place) for value in _items(raw, place))
    if len(set(values)) != len(values):
        _refuse("CARD_VALUE", "the same word twice", place, known, "say it once")
    return values


def words(raw: object, place: Place) -> tuple[str, ...]:
    """A list of single words, in their order."""
    texts = tuple(short_text(value, place) for value in _items(raw, place))
    for text in texts:
        if not _WORD.fullmatch(text):
            fix = "write a word that stands in the files' names, such as Eleve"
            _refuse("CARD_VALUE", "not a single word", place, fix=fix)
    return texts


def path_list(raw: object, place: Place) -> tuple[str, ...]:
    """Paths from the root of the event."""
    texts = [short_text(value, place) for value in _items(raw, place)]
    for text in texts:
        try:
            good = parse_path(text).root == EVENT
        except ValueError:
            good = False
        if not good:
            fix = "write a path from the event's root, such as data.id"
            _refuse("CARD_PATH", "not a path into the event", place, fix=fix)
    return tuple(texts)


def needs(raw: object, place: Place) -> dict[str, tuple[str, ...]]:
    """Operation → the fields that may leave for it."""
    if not isinstance(raw, dict):
        _refuse(
            "CARD_VALUE",
            "not operations and their fields",
            place,
            (*OPERATIONS, PEOPLE),
            "needs: {}",
        )
    return {
        one_of(operation, (*OPERATIONS, PEOPLE), at(place, str(operation))): tuple(
            short_text(name, at(place, str(operation)))
            for name in _items(fields, at(place, str(operation)))
        )
        for operation, fields in raw.items()
    }


def reasons(raw: object, place: Place) -> dict[str, str]:
    """Event → why it is dropped; an event without a reason is refused."""
    if not isinstance(raw, dict):
        _refuse("CARD_VALUE", "not events and their reasons", place, fix="ignored: {}")
    for event, why in raw.items():
        if not short_text(why if why is not None else "", at(place, str(event))):
            fix = "say why this event is dropped"
            _refuse("CARD_VALUE", "no reason", at(place, str(event)), fix=fix)
    return {str(event): short_text(why, place) for event, why in raw.items()}


def _items(raw: object, place: Place) -> list[object]:
    if not isinstance(raw, list) or len(raw) > _MOST:
        _refuse("CARD_VALUE", "not a list", place, fix="write [a, b]")
    return raw


def _refuse(
    code: str, what: str, place: Place, known: tuple[str, ...] = (), fix: str = ""
) -> NoReturn:
    raise FixTheFolder(code, what, where=place, known=known, fix=fix)
