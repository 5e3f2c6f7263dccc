"""What an answer to our own question becomes: letters of the intake, and where to go on. Pure.

Each event of an answer is written as HTTP intake writes it: the same ids, limits and refusals. Its
bytes are the event written again as JSON, its fields in the order in which they came. An event that
is refused is set aside: nobody waits for our answer, and what was skipped would be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import orjson

from preau.catalogue.inlet import WHOLE, Found, Inlet
from preau.errors import Place, SetAside, TryAgain
from preau.ids import digest
from preau.inlets.aside import Encode, aside
from preau.inlets.http import MAX_EVENT
from preau.inlets.intake import INTAKE, Heard, Intake, Speaker, accepted, may_say
from preau.mapping.paths import follow, parse_path
from preau.readers import json_guard

MOST_SEEN = 1_000
"""Events of one answer that are known again when it is asked once more."""
LONGEST_CURSOR = 1_000
_SHORT = 16


class Answered(NamedTuple):
    """One good HTTP answer; `url` is the address that was asked, header names in lower case."""

    body: bytes
    headers: Mapping[str, str]
    url: str


class Page(NamedTuple):
    """What one answer says: letters to write, how many were set aside, and what is asked next.

    `follow` is the address, from the origin on, of a page to ask before the round ends.
    """

    letters: list[Intake]
    aside: int
    cursor: str
    seen: str
    more: bool
    follow: str = ""


class Desk(NamedTuple):
    """What reading an answer needs: who speaks, Avro, and the deployment's keyed digest."""

    speaker: Speaker
    encode: Encode
    hide: Callable[[str], str]


def page(
    desk: Desk, inlet: Inlet, answered: Answered, before: tuple[str, str], now_ms: int
) -> Page:
    """Reads an answer; `before` is the cursor that was asked, and what of it was seen already.

    Raises `TryAgain` (POLL_ANSWER, POLL_STUCK) when it is not what the inlet's file says: then
    nothing of it counts.
    """
    cursor, seen = before
    values = _values(answered.body, desk.speaker, inlet)
    events = _events(values, desk.speaker, inlet)
    said = desk.speaker._replace(event_id=inlet.event_id or desk.speaker.event_id)
    bodies = [orjson.dumps(each) for each in events]
    marks = [desk.hide(digest(body))[:_SHORT] for body in bodies]
    known = set(seen.split())
    fresh = [at for at in range(len(events)) if marks[at] not in known]
    letters = [_letter(desk, said, inlet, events[at], bodies[at], now_ms) for at in fresh]
    more, leads = _more(desk.speaker, inlet, answered, values)
    after = _cursor(inlet, answered, values, events, cursor)
    if inlet.cursor.way == "link":
        after = leads or cursor
    if more and not fresh and after == cursor and leads in {"", cursor, _place(answered.url)}:
        what = "the answer says that there is more, and gives nothing new to ask it with"
        raise _bad("POLL_STUCK", what, desk.speaker, inlet)
    again = [marks[at] for at in range(len(events)) if _again(inlet, events[at], cursor, after)]
    kept = [*seen.split(), *again] if after == cursor else again
    set_aside = sum(not letter.topic.startswith(INTAKE) for letter in letters)
    followed = leads if inlet.cursor.way != "link" else ""
    return Page(letters, set_aside, after, _seen(kept), more, followed)


def _letter(
    desk: Desk, speaker: Speaker, inlet: Inlet, event: object, body: bytes, now_ms: int
) -> Intake:
    name = _text(_at(event, inlet.event)) if inlet.event else ""
    try:
        heard = Heard(body, _object(body), event=name or None)
        may_say(speaker, heard)
        return accepted(speaker, heard, now_ms).intake
    except SetAside as why:
        return aside(speaker, digest(body), inlet.file, None, why, now_ms, desk.encode)


def _object(body: bytes) -> object:
    values = json_guard.read(body, MAX_EVENT)
    if not isinstance(values, dict):
        fix = "give each event as one JSON object"
        raise SetAside("JSON_NOT_EVENTS", "an event is not a JSON object", fix=fix)
    return values


def _values(body: bytes, speaker: Speaker, inlet: Inlet) -> object:
    try:
        return orjson.loads(body)
    except ValueError:
        what = f"{len(body)} bytes that are not JSON"
        raise _bad("POLL_ANSWER", what, speaker, inlet) from None


def _events(values: object, speaker: Speaker, inlet: Inlet) -> Sequence[object]:
    found = values if inlet.events == WHOLE else _at(values, inlet.events)
    if not isinstance(found, list):
        what = f"there is no list of events at `{inlet.events}` of the answer"
        raise _bad("POLL_ANSWER", what, speaker, inlet)
    return found


def _cursor(
    inlet: Inlet, answered: Answered, values: object, events: Sequence[object], before: str
) -> str:
    """Where the next call begins; where it was when the answer says nothing of it."""
    if inlet.cursor.way == "link":
        return before
    if inlet.cursor.way != "event":
        return _fit(_look(inlet.cursor, answered, values)) or before
    found = [_text(_at(each, inlet.cursor.path)) for each in events]
    found = [each for each in found if _fit(each)]
    if not found:
        return before
    if all(each.isdecimal() for each in found):
        least = int(before) if before.isdecimal() else 0
        return str(max(least, *map(int, found)))
    return found[-1]


def _again(inlet: Inlet, event: object, before: str, after: str) -> bool:
    """Whether the next call may give this event again."""
    if inlet.cursor.way == "event":
        return _text(_at(event, inlet.cursor.path)) == after
    return before == after


def _seen(marks: Sequence[str]) -> str:
    return " ".join([*dict.fromkeys(marks)][-MOST_SEEN:])


def _more(speaker: Speaker, inlet: Inlet, answered: Answered, values: object) -> tuple[bool, str]:
    """Whether there is more, and the page that it is on when the answer names one."""
    if inlet.more is None:
        return False, ""
    said = _look(inlet.more, answered, values)
    if inlet.more.way != "link":
        return said.lower() == inlet.more.is_.lower(), ""
    if not said:
        return False, ""
    here, there = urlsplit(answered.url), urlsplit(urljoin(answered.url, said))
    if there[:2] != here[:2] or not _fit(said):
        what = "the next page is at an address that is not the instance's own"
        raise _bad("POLL_ANSWER", what, speaker, inlet)
    return True, _place(there.geturl())


def _place(url: str) -> str:
    """What of an address follows its origin."""
    found = urlsplit(url)
    return found.path + (f"?{found.query}" if found.query else "")


def _look(found: Found, answered: Answered, values: object) -> str:
    if found.way == "header":
        return answered.headers.get(found.path.lower(), "")
    return _text(_at(values, found.path))


def _at(values: object, path: str) -> object:
    return follow(values, parse_path(path).steps)


def _fit(text: str) -> str:
    """The text when it may stand in an address and in the database; else nothing."""
    return text if text.isascii() and text.isprintable() and len(text) <= LONGEST_CURSOR else ""


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""


def _bad(code: str, what: str, speaker: Speaker, inlet: Inlet) -> TryAgain:
    where = Place(speaker.connector, inlet.file)
    fix = "let the product answer as its inlet's file says, or correct that file"
    return TryAgain(code, what, where=where, fix=fix)
