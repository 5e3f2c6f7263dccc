"""Reads `outlet/read-back.yaml`, strictly: how an ENT is asked what it holds of a project's group.

    retry_after: seconds                  # media_type too: as in the files of operations
    per_minute: 60                        # calls in a minute at most, of one instance
    group:                                # is the group there, and under which name?
      call: GET /groups/{own.native_id}
      items: .                            # the list in the answer, or the one thing; `.`: all of it
      id: id                              # its id in one item; `.`: the item itself
      name: label                         # its name, compared with what it is to be
      error: error                        # query, body, error, answers: as in a call
      answers: {404: UNKNOWN_GROUP}       # only such a word means that it is not there
      repair: true                        # what is lost or changed may be told again
    member:                               # asked once for each group: the list of what is in it
      call: GET /groups/{group.native_id}/members
      items: data
      id: id
      more: {link: links.next}            # the next page; or {page: n}, or {offset: from}: a number
      repair: true
    share:                                # homework, notice, calendar_event too
      call: GET /media
      each: true                          # asked once for each thing, and not for each group
      query: {external_id: {from: share}}
      items: data
      id: id
      is: own.native_id                   # which of our values that id is (a member's: local_id)
      repair: false

A question reads what the card lists under the record's `_PUT`; of a list, the group alone. What is
no such answer (another status, no list under `items`, an item without id) says nothing at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from preau.errors import FixTheFolder, Place
from preau.outlets.operation import READ_BACK, UNITS, Call, parse_call, parse_media_type
from preau.outlets.spelling import keyed, one_of, wrong

GROUP, MEMBER = "group", "member"
RECORDS = (GROUP, MEMBER, "share", "homework", "notice", "calendar_event")
FILE_KEYS = frozenset({"retry_after", "media_type", "per_minute", *RECORDS})
_OF_CALL = frozenset({"call", "query", "body", "error", "answers"})
QUESTION_KEYS = _OF_CALL | {"each", "items", "id", "name", "is", "more", "repair"}
MORE_KEYS = frozenset({"link", "page", "offset"})
WHOLE, NATIVE, LOCAL = ".", "own.native_id", "local_id"
PER_MINUTE, _MOST = 60, 600


@dataclass(frozen=True, slots=True)
class More:
    """How the next page is asked: `way` is link (a path in the answer), page or offset (a name)."""

    way: str
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `each`: for each thing of a group, else for each group."""

    record: str
    call: Call
    each: bool
    items: str
    id: str
    name: str
    same: str
    more: More | None
    repair: bool

    @property
    def operation(self) -> str:
        """The operation that gave what is asked for."""
        return f"{self.record.upper()}_PUT"


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What one product can be asked; no question when it cannot."""

    questions: Mapping[str, Question] = field(default_factory=dict)
    retry_unit_ms: int = 1000
    per_minute: int = PER_MINUTE


NOTHING = ReadBack()
"""Of a product that cannot be read back."""


def read_read_back(connector: str, folder: Path, needs: Mapping[str, Collection[str]]) -> ReadBack:
    """What `read-back.yaml` of an `outlet/` folder says; raises `FixTheFolder`."""
    file = folder / READ_BACK
    if not file.is_file():
        return NOTHING
    place = Place(connector, f"outlet/{READ_BACK}")
    return parse_read_back(yaml.safe_load(file.read_text("utf-8")), needs, place)


def parse_read_back(raw: object, needs: Mapping[str, Collection[str]], place: Place) -> ReadBack:
    """The questions from plain values; `needs` are the fields that each operation may read."""
    said = keyed(raw, FILE_KEYS, place, "the file")
    media_type = parse_media_type(said, place)
    unit = UNITS[one_of(said.get("retry_after", "seconds"), tuple(UNITS), place)]
    found = {
        record: _question(record, said[record], media_type, place)
        for record in RECORDS
        if record in said
    }
    if not found:
        raise wrong(place, "the file", "at least one record is needed, as in group")
    for question in found.values():
        _check(question, needs.get(question.operation, ()), place)
    return ReadBack(found, unit, _pace(said.get("per_minute", PER_MINUTE), place))


def _question(record: str, raw: object, media_type: str, place: Place) -> Question:
    said = keyed(raw, QUESTION_KEYS, place, record)
    call = {name: value for name, value in said.items() if name in _OF_CALL}
    for name in ("items", "id"):
        if not said.get(name):
            raise wrong(place, f"{record}.{name}", "a path in the answer is needed")
    each = record == GROUP or _flag(said, "each", place)
    more = _more(said.get("more"), place)
    if each and more:
        raise wrong(place, f"{record}.more", "only a list has pages")
    return Question(
        record,
        parse_call(call, media_type, place),
        each,
        str(said["items"]),
        str(said["id"]),
        str(said.get("name", "")),
        one_of(said.get("is", LOCAL if record == MEMBER else NATIVE), (LOCAL, NATIVE), place),
        more,
        _flag(said, "repair", place),
    )


def _check(question: Question, needs: Collection[str], place: Place) -> None:
    allowed = set(needs) if question.each else {GROUP}.intersection(needs)
    fields = {name.partition(".")[0] for name in question.call.references()}
    extra = sorted(fields - allowed - {"own"})
    if extra or (not question.each and "own" in fields):
        name = extra[0] if extra else "own"
        raise FixTheFolder(
            "OUTLET_FIELD",
            f"the question for {question.record} reads {name}",
            where=Place(place.connector, place.file, name),
            known=tuple(sorted(allowed)),
            fix=f"read what needs.{question.operation} lists; of a list, the group alone",
        )


def _more(raw: object, place: Place) -> More | None:
    if raw is None:
        return None
    said = keyed(raw, MORE_KEYS, place, "more")
    if len(said) != 1:
        raise wrong(place, "more", "exactly one of link, page, offset is needed")
    [(way, name)] = said.items()
    return More(way, str(name))


def _flag(said: Mapping[str, Any], name: str, place: Place) -> bool:
    found = said.get(name, False)
    if not isinstance(found, bool):
        raise wrong(place, name, "true or false is needed")
    return found


def _pace(raw: object, place: Place) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 1 <= raw <= _MOST:
        raise wrong(place, "per_minute", f"a whole number from 1 to {_MOST} is needed")
    return raw
