"""Reads `outlet/<operation>.yaml`, strictly: an unknown key or a field not needed is refused.

An operation file says how one operation is done in one product:

    retry_after: seconds                       # or milliseconds: the unit of Retry-After
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
        error: err                             # a 200 with a value here is not a success
        answers: {404: UNKNOWN_GROUP, "user.not.found": UNKNOWN_MEMBER, "busy": LATER}
        bytes: file                            # the multipart part that carries the document

`from` and `{…}` in a path name a field of the delivery's body, which the card's `needs` must list;
or `own.native_id`, an id kept for this entity; or `group.uid`, an id kept for the entity
`group:<the body's group>`; or `step.owner`, kept by an earlier step of this try. Values may go
through a table, `values: {READ: workspace.read}`; with `list: true` a value becomes a list of one.
`answers` names a reason of `preau.outlets.reasons` (a refusal for good), LATER or APPLIED, for a
status or for the text found under `error`. Other answers: 2xx APPLIED, 202 ACCEPTED; 401, 408, 425,
429, 3xx and 5xx LATER; 403 NOT_ALLOWED; any other 4xx REFUSED.
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

LATER, DONE = "LATER", "APPLIED"
FETCH = "FETCH_MEDIA"
"""The operation by which a document's bytes are asked for; its one field is `media`."""
_OPERATION_KEYS = frozenset({"retry_after", "find", "steps"})
_STEP_KEYS = frozenset(
    {"call", "only", "when", "query", "body", "keep", "known", "error", "answers", "bytes"}
)
_VALUE_KEYS = frozenset({"from", "const", "values", "list"})
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_HOLE = re.compile(r"\{([^{}]*)\}")
_REFERENCE = re.compile(r"[a-z_]+(\.[a-z_]+)?")


@dataclass(frozen=True, slots=True)
class Value:
    """Where one value of a call comes from."""

    source: str = ""
    const: object = None
    values: Mapping[str, object] | None = None
    listed: bool = False


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
    error: str
    answers: Mapping[str, str]
    part: str

    def references(self) -> set[str]:
        """Everything that this call reads: body fields and kept ids."""
        values = [*self.query.values(), *self.body.values()]
        read = {value.source for value in values if value.source}
        return read | set(_HOLE.findall(self.path)) | set(self.when)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one product, ready to run."""

    name: str
    find: Call | None
    steps: tuple[Call, ...]
    retry_unit_ms: int

    def fields(self) -> set[str]:
        """The fields of the delivery's body that it reads."""
        calls = [*self.steps, *([self.find] if self.find else [])]
        read = {name for call in calls for name in call.references()}
        fields = {name.partition(".")[0] for name in read} - {"own", "step"}
        if any(call.part for call in self.steps) and self.name != FETCH:
            fields |= {"source_instance", "source_media"}
        return fields


def read_operations(
    connector: str, folder: Path, needs: Mapping[str, Collection[str]]
) -> dict[str, Operation]:
    """Every file of an `outlet/` folder, by operation name; raises `FixTheFolder`."""
    found = {}
    for file in sorted(folder.glob("*.yaml")):
        name = file.stem.replace("-", "_").upper()
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
        allowed = ("media",) if name == FETCH else needs.get(name, ())
        place = Place(connector, f"outlet/{file.name}")
        found[name] = parse_operation(name, raw, allowed, place)
    return found


def parse_operation(name: str, raw: object, needs: Collection[str], place: Place) -> Operation:
    """One operation from its plain values; `needs` are the fields it may read."""
    said = _mapping(raw, _OPERATION_KEYS, place, "the file")
    unit = _one_of(said.get("retry_after", "seconds"), ("seconds", "milliseconds"), place)
    find = _call(said["find"], place) if "find" in said else None
    steps = said.get("steps")
    if not isinstance(steps, list) or not steps:
        raise _wrong(place, "steps", "a list of at least one call is needed")
    operation = Operation(
        name,
        find,
        tuple(_call(step, place) for step in steps),
        1 if unit == "milliseconds" else 1000,
    )
    _check(operation, needs, place)
    return operation


def _check(operation: Operation, needs: Collection[str], place: Place) -> None:
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


def _call(raw: object, place: Place) -> Call:
    said = _mapping(raw, _STEP_KEYS, place, "a call")
    method, _, path = str(said.get("call", "")).partition(" ")
    _one_of(method, _METHODS, place)
    if not path.startswith(("/", "{")):
        raise _wrong(place, "call", "it is a method and a path, as in GET /groups/{own.native_id}")
    for hole in _HOLE.findall(path):
        _reference(hole, place)
    return Call(
        method,
        path,
        _one_of(said.get("only", ""), ("", "new", "known"), place),
        {name: _texts(value) for name, value in _pairs(said, "when", place)},
        {name: _value(value, place) for name, value in _pairs(said, "query", place)},
        {name: _value(value, place) for name, value in _pairs(said, "body", place)},
        {name: str(value) for name, value in _pairs(said, "keep", place)},
        frozenset(_texts(said.get("known", []))),
        str(said.get("error", "")),
        {name: _answer(value, place) for name, value in _pairs(said, "answers", place)},
        str(said.get("bytes", "")),
    )


def _value(raw: object, place: Place) -> Value:
    said = _mapping(raw, _VALUE_KEYS, place, "a value")
    if ("from" in said) == ("const" in said):
        raise _wrong(place, "from", "a value has either from or const")
    if "from" in said:
        _reference(str(said["from"]), place)
    table = said.get("values")
    values = None if table is None else {str(key): value for key, value in table.items()}
    return Value(str(said.get("from", "")), said.get("const"), values, bool(said.get("list")))


def _answer(raw: object, place: Place) -> str:
    return _one_of(raw, (*REASONS, LATER, DONE), place)


def _reference(text: str, place: Place) -> None:
    if not _REFERENCE.fullmatch(text):
        raise _wrong(place, text, "a reference is a field, or a field, a dot and a kept name")


def _pairs(said: Mapping[str, Any], key: str, place: Place) -> list[tuple[str, object]]:
    raw = said.get(key, {})
    if not isinstance(raw, dict):
        raise _wrong(place, key, "names and their values are needed")
    return [(str(name), value) for name, value in raw.items()]


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(str(each) for each in raw) if isinstance(raw, list) else (str(raw),)


def _mapping(raw: object, known: frozenset[str], place: Place, what: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _wrong(place, what, "names and their values are needed")
    for key in raw:
        if key not in known:
            raise FixTheFolder(
                "OUTLET_KEY",
                f"{what} has a key that does not exist",
                where=Place(place.connector, place.file, str(key)),
                known=tuple(sorted(known)),
                fix="correct its spelling or remove it",
            )
    return raw


def _one_of(raw: object, known: tuple[str, ...], place: Place) -> str:
    if raw not in known:
        raise FixTheFolder(
            "OUTLET_VALUE",
            "a word that does not exist",
            where=Place(place.connector, place.file, str(raw)),
            known=tuple(each for each in known if each),
            fix="use one of the known words",
        )
    return str(raw)


def _wrong(place: Place, field: str, what: str) -> FixTheFolder:
    where = Place(place.connector, place.file, field)
    return FixTheFolder("OUTLET_FORM", what, where=where, fix="see docs/en/outlets.md")
