"""Reads `inlet/<name>.yaml`, strictly: how a product is asked for its events, call by call.

    call: GET /events/{cursor}          # what is asked; {cursor} is where we were
    query: {types: "A,B", since: "{cursor}"}
    accept: application/json            # the Accept header
    events: data                        # the list in the answer; `.` is the answer itself
    event: type                         # path of the name in one event, else the card's
    event_id: id                        # path of the id in one event, else the card's
    cursor: {start: now, event: date}   # where the next call begins: see below
    more: {header: X-HAS-MORE, is: "true"}
    retry_after: seconds                # or milliseconds: the unit of Retry-After
    every: 300                          # seconds between two rounds
    per_minute: 30                      # calls in a minute at most, of one instance

The next cursor is exactly one of: `event`, a path in the last event (the greatest, when they are
whole numbers); `answer`, a path in the answer; `header`; `link`, a path in the answer where the
next page's address is. `start` is a text, or `now`: the moment of the first round in ms. `more` is
one of `answer` or `header`, with the text that it `is` when there is more; or `link`, a page to
follow before the round ends. With a cursor that is a `link`, there is more while there is a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from preau.errors import FixTheFolder, Place
from preau.mapping.language import guess
from preau.mapping.paths import EVENT, parse_path

INLET_KEYS = (
    *("call", "query", "accept", "events", "event", "event_id", "cursor", "more", "retry_after"),
    *("every", "per_minute"),
)
CURSOR_KEYS = ("start", "event", "answer", "header", "link")
MORE_KEYS = ("answer", "header", "link", "is")
WHOLE, NOW, HOLE = ".", "now", "{cursor}"
UNITS = {"seconds": 1000, "milliseconds": 1}
EVERY_S, PER_MINUTE = 300, 30
_LONGEST, _MOST_EVERY, _MOST_CALLS, _MOST_PAIRS = 400, 86_400, 600, 32
_PATH = re.compile(r"/[\x21-\x7e]*")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Found:
    """Where a value of an answer is: `way` is event, answer, header or link; `is_` its text."""

    way: str
    path: str
    is_: str = "true"


@dataclass(frozen=True, slots=True)
class Inlet:
    """One way of asking; `unit_ms` is the unit of Retry-After, the paths are dotted names."""

    name: str
    path: str
    query: Mapping[str, str]
    events: str
    start: str
    cursor: Found
    more: Found | None = None
    accept: str = "application/json"
    event: str = ""
    event_id: str = ""
    unit_ms: int = 1000
    every_s: int = EVERY_S
    per_minute: int = PER_MINUTE

    @property
    def file(self) -> str:
        """Its file, from the folder."""
        return f"inlet/{self.name}.yaml"


def parse_inlet(name: str, raw: object, place: Place) -> Inlet:
    """One way of asking from the plain values of its file; raises `FixTheFolder`."""
    said = _mapping(raw, INLET_KEYS, place)
    for key in ("call", "events", "cursor"):
        if key not in said:
            _wrong(place, key, "it is missing")
    cursor = _mapping(said["cursor"], CURSOR_KEYS, place)
    found = _found(cursor, CURSOR_KEYS[1:], place)
    path, query = _path(said["call"], place), _query(said.get("query", {}), place)
    if found.way != "link" and HOLE not in path + "".join(query.values()):
        _wrong(place, "call", f"nothing of the call holds {HOLE}: it would ask the same for ever")
    return Inlet(
        name,
        path,
        query,
        WHOLE if said["events"] == WHOLE else _dotted(said["events"], "events", place),
        _text(cursor.get("start", ""), "start", place),
        found,
        _more(said.get("more"), found, place),
        _text(said.get("accept", "application/json"), "accept", place),
        _dotted(said["event"], "event", place) if "event" in said else "",
        _dotted(said["event_id"], "event_id", place) if "event_id" in said else "",
        UNITS[_one_of(said.get("retry_after", "seconds"), tuple(UNITS), place)],
        _number(said.get("every", EVERY_S), "every", _MOST_EVERY, place),
        _number(said.get("per_minute", PER_MINUTE), "per_minute", _MOST_CALLS, place),
    )


def _more(raw: object, cursor: Found, place: Place) -> Found | None:
    if cursor.way == "link":
        if raw is not None:
            _wrong(place, "more", "a cursor that is a link says by itself whether there is more")
        return cursor
    if raw is None:
        return None
    said = _mapping(raw, MORE_KEYS, place)
    return _found(said, MORE_KEYS[:-1], place)


def _found(said: Mapping[str, Any], ways: tuple[str, ...], place: Place) -> Found:
    given = [way for way in ways if way in said]
    if len(given) != 1:
        _wrong(place, given[0] if given else "", f"exactly one of {', '.join(ways)} is needed")
    [way] = given
    if way == "header":
        path = _text(said[way], way, place)
        if not _HEADER.fullmatch(path):
            _wrong(place, way, "it is no name of a header")
    else:
        path = _dotted(said[way], way, place)
    return Found(way, path, _text(said.get("is", "true"), "is", place))


def _path(raw: object, place: Place) -> str:
    method, _, path = str(raw).partition(" ")
    _one_of(method, ("GET",), place)
    rest = path.replace(HOLE, "")
    if not _PATH.fullmatch(path) or "{" in rest or "}" in rest or "?" in rest:
        _wrong(place, "call", f"it is GET and a path whose only hole is {HOLE}; the rest is query")
    return path


def _query(raw: object, place: Place) -> dict[str, str]:
    if not isinstance(raw, dict) or len(raw) > _MOST_PAIRS:
        _wrong(place, "query", "names and their texts are needed")
    return {str(name): _text(value, str(name), place) for name, value in raw.items()}


def _dotted(raw: object, field: str, place: Place) -> str:
    try:
        good = isinstance(raw, str) and parse_path(raw).root == EVENT
    except ValueError:
        good = False
    if not good:
        _wrong(place, field, "it is a path such as data.id")
    return str(raw)


def _text(raw: object, field: str, place: Place) -> str:
    """A text; a whole number, true or false as JSON writes them."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if not isinstance(raw, str | int) or len(str(raw)) > _LONGEST:
        _wrong(place, field, f"a text of at most {_LONGEST} characters is needed")
    return str(raw)


def _number(raw: object, field: str, most: int, place: Place) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= most:
        _wrong(place, field, f"a whole number from 1 to {most} is needed")
    return raw


def _mapping(raw: object, known: tuple[str, ...], place: Place) -> dict[str, Any]:
    if not isinstance(raw, dict):
        _wrong(place, "", "names and their values are needed")
    for key in raw:
        if key not in known:
            where = Place(place.connector, place.file, str(key))
            fix = guess(str(key), known) or "correct its spelling or remove it"
            what = "a key that does not exist"
            raise FixTheFolder("INLET_KEY", what, where=where, known=known, fix=fix)
    return raw


def _one_of(raw: object, known: tuple[str, ...], place: Place) -> str:
    if raw not in known:
        what, fix = "a word that does not exist", "use one of the known words"
        raise FixTheFolder("INLET_VALUE", what, where=place, known=known, fix=fix)
    return str(raw)


def _wrong(place: Place, field: str, what: str) -> NoReturn:
    where = Place(place.connector, place.file, field or None)
    raise FixTheFolder("INLET_FORM", what, where=where, fix="see docs/en/inlets.md")
