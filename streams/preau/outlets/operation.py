"""Reads `outlet/<operation>.yaml`, strictly: an unknown key or a field not needed is refused.

An operation file says how one operation is done in one product:

    retry_after: seconds                       # or milliseconds: the unit of Retry-After
    media_type: application/vnd.api+json       # of JSON bodies and answers; else application/json;
                                               # application/x-www-form-urlencoded: bodies are forms
    page: /documents/{media}                   # fetch-media only: where its users see a document;
                                               # without steps the product gives links, no bytes
    find:                                      # asked first when an earlier try's end is unknown
      call: GET /onegroups
      query: {external_id: {from: group}}
      keep: {native_id: 0.id, uid: 0.uid}      # found when every path leads to a value
    steps:                                     # done in this order; each must be safe to repeat,
      - call: POST /onegroups                  # or be `only: new`, which the file's find protects
        only: new                              # new: its native_id is not known; known: it is
        when: {member_kind: [GROUP]}           # only for these values of the delivery's body
        body: {label: {from: name}, type: {const: PARTNERSHIP}, attributes.ID: {from: group}}
        keep: {native_id: id, uid: uid}        # what the ENT's answer teaches, kept for later
        known: [409]                           # answers that mean: it was so already
        error: err                             # a 200 with a value here is not a success; several
                                               # paths: [err, warnings.0.code], the first that says
        answers: {404: UNKNOWN_GROUP, "user.not.found": UNKNOWN_MEMBER, "busy": LATER}
        bytes: file                            # the multipart part that carries the document
        aside: notified                        # done once beside it, whatever comes of it
        text: file                             # or the page that says homework, a notice, a date

`from` and `{…}` in a path name a field of the delivery's body, which the card's `needs` must list;
or `own.native_id`, an id kept for this entity; or `group.uid`, an id kept for the entity
`group:<the body's group>`; or `step.owner`, kept by an earlier step of this try. Values may go
through a table, `values: {READ: workspace.read}`; with `list: true` a value becomes a list of one;
dates may be written `as: french_day`. `from: link` is the document's address in its own ENT.
`from: secret`, in a body only, is the instance's secret: that call has no Authorization header.
`answers` names a reason of `preau.outlets.reasons` (a refusal for good, but those of `WAITING` are
tried again), LATER or APPLIED, for a status or for the text found under `error`. Other answers: 2xx
APPLIED, 202 ACCEPTED; 401, 408, 425, 429, 3xx and 5xx LATER; 403 NOT_ALLOWED; any other 4xx
REFUSED.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from preau.errors import FixTheFolder, Place
from preau.outlets.reasons import REASONS
from preau.outlets.spelling import keyed, one_of, wrong
from preau.outlets.value import HOLE, LINK, LINKED, Value, check_reference, parse_value

LATER, DONE = "LATER", "APPLIED"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SECRET = "secret"  # noqa: S105 -- the word for it, in a body's `from`
NO_FIELDS = frozenset({"own", "step", "setting", "each"})
"""What stands before a dot and is no field of a delivery."""
SETTING = "setting."
"""Before the name of what an operator says of the instance: `preau.store.instance_settings`."""
MEMBERS = "group.members"
AROUND = frozenset({"group.title", MEMBERS})
"""Of the group in this ENT, as it was delivered there: `preau.store.circles`."""
FETCH = "FETCH_MEDIA"
"""The operation by which a document's bytes are asked for; its one field is `media`."""
TEXTS = frozenset({"HOMEWORK_PUT", "NOTICE_PUT", "CALENDAR_EVENT_PUT"})
"""What can be told as a page to read: `preau.outlets.text_page`."""
FILES, READ_BACK, MAIL = "files.yaml", "read-back.yaml", "mail.yaml"
"""What else may stand in the folder: `file_forms`, `read_back` and `mail_forms` read it."""
_OPERATION_KEYS = frozenset({"retry_after", "media_type", "find", "steps", "page"})
_STEP_KEYS = frozenset(
    {"call", "only", "when", "query", "body", "keep", "known", "error", "answers"}
    | {"bytes", "text", "aside", "each"}
)
UNITS = {"seconds": 1000, "milliseconds": 1}
"""Of Retry-After, in ms."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_MEDIA_TYPE = re.compile(r"application/([a-z0-9.-]{1,60}\+)?json")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP call; `path` keeps its holes, `{group.uid}`."""

    method: str
    path: str
    only: str
    when: Mapping[str, tuple[str, ...]]
    query: Mapping[str, Value]
    body: Mapping[str, Value]
    keep: Mapping[str, str]
    known: frozenset[str]
    error: tuple[str, ...]
    answers: Mapping[str, str]
    part: str
    media_type: str
    text: bool = False
    aside: str = ""
    each: str = ""

    def references(self) -> set[str]:
        """Everything that this call reads: body fields and kept ids."""
        values = [*self.query.values(), *self.body.values()]
        read = {name for value in values for name in value.references()}
        return (read | set(HOLE.findall(self.path)) | set(self.when)) - {SECRET}

    @property
    def tells_secret(self) -> bool:
        """Whether the instance's secret stands in its body, and so in no header."""
        return any(value.source == SECRET for value in self.body.values())


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one product, ready to run."""

    name: str
    find: Call | None
    steps: tuple[Call, ...]
    retry_unit_ms: int
    page: str = ""

    def fields(self) -> set[str]:
        """The fields of the delivery's body that it reads."""
        calls = [*self.steps, *([self.find] if self.find else [])]
        read = {name for call in calls for name in call.references()}
        fields = {name.partition(".")[0] for name in read} - NO_FIELDS
        if self.links or self.copies:
            fields = (fields - {LINK}) | set(LINKED)
        return fields | ({"title"} if self.texts else set())

    @property
    def copies(self) -> bool:
        """Whether it hands over the bytes of a document."""
        return any(call.part and not call.text for call in self.steps) and self.name != FETCH

    @property
    def texts(self) -> bool:
        """Whether it puts a page to read in the place of what the product has no place for."""
        return any(call.text for call in self.steps)

    @property
    def looks_around(self) -> bool:
        """Whether it reads what this ENT holds of the group, or what is said of the instance."""
        read = {name for call in self.steps for name in call.references()}
        read |= {call.each for call in self.steps}
        return self.texts or any(n in AROUND or n.startswith(SETTING) for n in read)

    @property
    def links(self) -> bool:
        """Whether it gives the address of a document, which stays in the ENT that has it."""
        return any(LINK in call.references() for call in self.steps)


def read_operations(
    connector: str, folder: Path, needs: Mapping[str, Collection[str]]
) -> dict[str, Operation]:
    """Every file of an `outlet/` folder, by operation name; raises `FixTheFolder`."""
    found = {}
    for file in sorted(
        each for each in folder.glob("*.yaml") if each.name not in {FILES, READ_BACK, MAIL}
    ):
        name = file.stem.replace("-", "_").upper()
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        allowed = ("media",) if name == FETCH else needs.get(name, ())
        place = Place(connector, f"outlet/{file.name}")
        found[name] = parse_operation(name, raw, allowed, place)
    return found


def parse_operation(name: str, raw: object, needs: Collection[str], place: Place) -> Operation:
    """One operation from its plain values; `needs` are the fields it may read."""
    said = keyed(raw, _OPERATION_KEYS, place, "the file")
    unit_ms = UNITS[one_of(said.get("retry_after", "seconds"), tuple(UNITS), place)]
    media_type = parse_media_type(said, place)
    find = parse_call(said["find"], media_type, place) if "find" in said else None
    page = _page(said, name, place)
    steps = said.get("steps", [] if page else None)
    if not isinstance(steps, list) or not (steps or page):
        raise wrong(place, "steps", "a list of at least one call is needed")
    operation = Operation(
        name,
        find,
        tuple(parse_call(step, media_type, place) for step in steps),
        unit_ms,
        page,
    )
    _check(operation, needs, place)
    return operation


def _page(said: Mapping[str, Any], name: str, place: Place) -> str:
    page = str(said.get("page", ""))
    good = page.startswith("/") and HOLE.findall(page) == ["media"] and name == FETCH
    if page and not good:
        raise wrong(place, "page", "a path with {media} in it, in fetch-media.yaml only")
    return page


def _check(operation: Operation, needs: Collection[str], place: Place) -> None:
    if operation.links and operation.name != "SHARE_PUT":
        raise wrong(place, LINK, "only SHARE_PUT gives the address of a document")
    if operation.texts and operation.name not in TEXTS:
        raise wrong(place, "text", f"only {', '.join(sorted(TEXTS))} can be told as a page")
    extra = sorted(operation.fields() - set(needs))
    if extra:
        raise FixTheFolder(
            "OUTLET_FIELD",
            f"{operation.name} reads {', '.join(extra)}, which the card does not list",
            where=Place(place.connector, place.file, extra[0]),
            known=tuple(sorted(needs)),
            fix=f"list it in connector.yaml under needs.{operation.name}, or stop reading it",
        )
    if any(step.only == "new" for step in operation.steps) and operation.find is None:
        raise FixTheFolder(
            "OUTLET_UNSAFE",
            "a step makes something new, but nothing can find it again after an unknown outcome",
            where=place,
            fix="add a find: by the hub's id",
        )


def parse_call(raw: object, media_type: str, place: Place) -> Call:
    """One call, whose bodies are of that type; raises `FixTheFolder`."""
    said = keyed(raw, _STEP_KEYS, place, "a call")
    method, _, path = str(said.get("call", "")).partition(" ")
    one_of(method, _METHODS, place)
    if not path.startswith(("/", "{")):
        raise wrong(place, "call", "it is a method and a path, as in GET /groups/{own.native_id}")
    for hole in HOLE.findall(path):
        check_reference(hole, place)
    _check_secret(said, path, place)
    return Call(
        method,
        path,
        one_of(said.get("only", ""), ("", "new", "known"), place),
        {name: _texts(value) for name, value in _pairs(said, "when", place)},
        {name: parse_value(value, place) for name, value in _pairs(said, "query", place)},
        {name: parse_value(value, place) for name, value in _pairs(said, "body", place)},
        {name: str(value) for name, value in _pairs(said, "keep", place)},
        frozenset(_texts(said.get("known", []))),
        _texts(said.get("error", [])),
        {name: _answer(value, place) for name, value in _pairs(said, "answers", place)},
        str(said.get("text") or said.get("bytes", "")),
        media_type,
        "text" in said,
        str(said.get("aside", "")),
        _each(said, place),
    )


def _each(said: Mapping[str, Any], place: Place) -> str:
    found = str(said.get("each", ""))
    if found and found != MEMBERS and not found.startswith("own."):
        raise wrong(
            place, "each", f"a call is made for each of {MEMBERS}, or of what it kept: own.…"
        )
    return found


def _check_secret(said: Mapping[str, Any], path: str, place: Place) -> None:
    """Addresses stand in logs everywhere: a secret never goes into one."""
    asked = [value for _, value in _pairs(said, "query", place) if isinstance(value, dict)]
    in_query = any(value.get("from") == SECRET for value in asked)
    if in_query or SECRET in HOLE.findall(path) or SECRET in said.get("when", {}):
        raise wrong(place, SECRET, "the secret may stand in a body only")


def parse_media_type(said: Mapping[str, Any], place: Place) -> str:
    """The type of a file's bodies; raises `FixTheFolder`."""
    found = str(said.get("media_type", JSON))
    if found != FORM and not _MEDIA_TYPE.fullmatch(found):
        raise wrong(
            place, "media_type", f"it is {JSON}, a kind of it (application/x+json) or {FORM}"
        )
    return found


def _answer(raw: object, place: Place) -> str:
    return one_of(raw, (*REASONS, LATER, DONE), place)


def _pairs(said: Mapping[str, Any], key: str, place: Place) -> list[tuple[str, object]]:
    raw = said.get(key, {})
    if not isinstance(raw, dict):
        raise wrong(place, key, "names and their values are needed")
    return [(str(name), value) for name, value in raw.items()]


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(str(each) for each in raw) if isinstance(raw, list) else (str(raw),)
