"""From one XML record of an AAF file to plain values, or to the reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from preau.errors import Place, SetAside
from preau.readers.aaf_arity import ARITIES, BLOCKED, KNOWN, ORDERED, Value

#: The three requests, as the DTD names them, and what a piece calls them.
OPERATIONS = {"addRequest": "add", "modifyRequest": "modify", "deleteRequest": "delete"}
_PARTS = {
    "addRequest": ("operationalAttributes", "identifier", "attributes"),
    "modifyRequest": ("operationalAttributes", "identifier", "modifications"),
    "deleteRequest": ("operationalAttributes", "identifier"),
}
_ROWS = {"attributes": "attr", "modifications": "modification", "operationalAttributes": "attr"}
_CATEGORY = re.compile(r"[A-Za-z]{1,40}")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,79}")
#: Letters that ISO-8859 does not have: such a file was written in windows-1252.
_ODD = re.compile(r"[\x80-\x9f\ufffd]")
_ESCAPES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_ESCAPE = re.compile("|".join(_ESCAPES))


#: Names of a record whose shape is remembered; a real one has some twenty.
_MOST_NAMES = 64
#: Attributes that say the identifier again (real files of 2013 and 2024).
JOINTURES = frozenset(
    {"ENTPersonJointure", "ENTStructureJointure", "ENTMatJointure", "ENTMefJointure"}
)
#: The attribute that holds the national pupil number.
INE = "ENTEleveINE"


class Record(NamedTuple):
    """One record: `attributes` by name, each a list of values (a cut value is a list itself).

    `unknown` are the names of attributes that no source describes; their values are not kept.
    """

    operation: str
    category: str
    id: str
    attributes: dict[str, list[Value]]
    unknown: list[str]


class _Shape(NamedTuple):
    """What the names of a record are: its number again, known (in order), unknown.

    With each known one goes whether its values have an arity.
    """

    jointures: tuple[str, ...]
    known: tuple[tuple[str, bool], ...]
    unknown: tuple[str, ...]


class Flaw(Exception):
    """Why this record is not read: code, what, known values, fix, and the attribute."""

    def __init__(self, code: str, what: str, known: tuple[str, ...] = (), field: str = "") -> None:
        super().__init__(code)
        self.parts = (code, what, known, field)


def read(
    element: etree._Element, name: str, path: str, hide: Callable[[str], str]
) -> Record | SetAside:
    """The plain values of one record of the file `name`, or the reason why it is set aside.

    `hide` takes the place of an INE.
    """
    try:
        return _record(element, hide)
    except Flaw as flaw:
        return told(flaw, name, path)


def told(flaw: Flaw, name: str, path: str) -> SetAside:
    """Why a record of the file `name` is set aside."""
    code, what, known, field = flaw.parts
    place = Place(file=name, field=f"{path}, {field}" if field else path)
    return SetAside(code, what, where=place, known=known, fix=_FIXES[code])


def category(element: etree._Element) -> str | None:
    """What the record says it is about, even when the rest of it cannot be read."""
    value = element.findtext("operationalAttributes/attr/value")
    return value.strip() if value and _CATEGORY.fullmatch(value.strip()) else None


def identifier(element: etree._Element) -> str:
    """The record's number, nothing when it cannot be read."""
    value = (element.findtext("identifier/id") or "").strip()
    return value if _ID.fullmatch(value) else ""


def _record(element: etree._Element, hide: Callable[[str], str]) -> Record:
    kind = str(element.tag)
    parts = {str(part.tag): part for part in element}
    if element.attrib or len(element) != len(parts) or set(parts) != set(_PARTS[kind]):
        raise Flaw("AAF_STRUCTURE", f"a record of {len(element)} parts", _PARTS[kind])
    about = category(element)
    if about is None:
        raise Flaw("AAF_CATEGORY", "the record does not say its category")
    key = _text(parts["identifier"], "id")
    if not _ID.fullmatch(key):
        raise Flaw("AAF_ID", f"an identifier of {len(key)} characters", ("letters, digits, . _ -",))
    rows = parts.get("attributes", parts.get("modifications"))
    raw = {} if rows is None else _attributes(rows)
    return assembled(kind, about, key, raw, hide)


def assembled(
    kind: str, about: str, key: str, raw: dict[str, list[str]], hide: Callable[[str], str]
) -> Record:
    """The record from its parts, values cut and in order; raises `Flaw`."""
    names = tuple(raw)
    shape = _shape(names) if len(names) <= _MOST_NAMES else _shape.__wrapped__(names)
    for name in shape.jointures:
        if raw[name] and raw[name] != [key]:
            raise Flaw("AAF_ID_DIFFERS", f"{len(raw[name])} other numbers", field=name)
    if INE in raw:
        raw[INE] = [text for text in map(hide, raw[INE]) if text]
    cut: dict[str, list[Value]] = {}
    for name, has_arity in shape.known:
        values = raw[name]
        cut[name] = _cut(name, values) if has_arity or len(values) > 1 else [*values]
    return Record(OPERATIONS[kind], about, key, cut, [*shape.unknown])


@lru_cache(maxsize=512)
def _shape(names: tuple[str, ...]) -> _Shape:
    """What a record of these names has: an académie's records have a few dozen shapes in all."""
    found = set(names)
    known = tuple((name, name in ARITIES) for name in sorted(found & KNOWN))
    return _Shape(tuple(sorted(found & JOINTURES)), known, tuple(sorted(found - KNOWN)))


def _text(part: etree._Element, tag: str) -> str:
    if len(part) != 1 or part[0].tag != tag or len(part[0]):
        raise Flaw("AAF_STRUCTURE", f"a part of {len(part)} children", (f"one <{tag}>",))
    return (part[0].text or "").strip()


def _attributes(rows: etree._Element) -> dict[str, list[str]]:
    """Values by attribute name; a name met twice is one attribute, a value met twice one value."""
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        name = _name(row, _ROWS[str(rows.tag)])
        if name not in BLOCKED:
            found.setdefault(name, {}).update(dict.fromkeys(_values(row, name)))
    return {name: list(values) for name, values in found.items()}


def _name(row: etree._Element, tag: str) -> str:
    name = row.get("name", "")
    allowed = {"name", "operation"} if tag == "modification" else {"name"}
    if row.tag != tag or not set(row.attrib) <= allowed or not _NAME.fullmatch(name):
        what = f"an element with {len(row.attrib)} XML attributes"
        raise Flaw("AAF_STRUCTURE", what, (f'<{tag} name="…">',))
    if tag == "modification" and row.get("operation") != "replace":
        raise Flaw("AAF_OPERATION", "a modification that is not a replacement", ("replace",), name)
    return name


def _values(row: etree._Element, name: str) -> Iterator[str]:
    for value in row:
        if value.tag != "value" or len(value) or value.attrib:
            raise Flaw("AAF_STRUCTURE", "something else than values", ("<value>",), name)
        text = (value.text or "").strip()
        if _ODD.search(text):
            raise Flaw("AAF_CHARACTER", f"text of {len(text)} characters", field=name)
        if text:
            yield escaped_twice(text)


def escaped_twice(text: str) -> str:
    """The text without the second level of escaping that some académies write."""
    return _ESCAPE.sub(lambda met: _ESCAPES[met[0]], text) if "&" in text else text


def _cut(name: str, values: list[str]) -> list[Value]:
    """The values, cut if need be, in an order that does not change from one export to the next."""
    arity = ARITIES.get(name)
    if arity is None:
        return list(values if name in ORDERED else sorted(values))
    cut: list[Value] = []
    for value in sorted(values):
        fields = arity.cut(value)
        if fields is None:
            count = value.count("$") + 1
            raise Flaw("AAF_ARITY", f"a value of {count} fields between $", (str(arity),), name)
        cut.append(fields)
    return cut


_FIXES = {
    "AAF_STRUCTURE": "write the record as ficAlimMENESR.dtd says",
    "AAF_CATEGORY": "give one attr categoriePersonne or categorieStructure with its value",
    "AAF_ID": "give the identifier that the académie uses",
    "AAF_ID_DIFFERS": "give one number in both places: the file may be damaged here",
    "AAF_OPERATION": "give the whole new value of the attribute (operation replace)",
    "AAF_CHARACTER": "declare the encoding that the file really has (windows-1252?)",
    "AAF_ARITY": "send this record to Préau's people: its dialect is new, the others were read",
}
