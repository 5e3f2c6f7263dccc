"""From one element of a school's own base (SIECLE, STSWEB) to plain values, by a shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

import orjson
from lxml import etree

from preau.errors import Place, SetAside

Value = str | list["Value"] | dict[str, "Value"]
Data = dict[str, Value]
Hide = Callable[[str], str]

#: An identifier of a person in a school's base: a number, with few other signs.
_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: A code of a class, a group, a subject: it may hold spaces and accents, but no `$`.
_CODE = re.compile(r"[^$\x00-\x1f\x7f-\x9f]{1,64}")
#: Letters that ISO-8859 does not have: such a file was written in windows-1252.
_ODD = re.compile(r"[\x80-\x9f\ufffd]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,79}")
_NOTHING: Value = ""
_SHOWN = 50  # names kept of what is unknown in one record


class Reading(Protocol):
    """Makes plain values of an element that has children of its own; raises `Flaw`."""

    def __call__(self, element: etree._Element, /) -> Value: ...


class Flaw(Exception):
    """Why this record is not read: code, what, known values, and the element."""

    def __init__(self, code: str, what: str, known: tuple[str, ...] = (), field: str = "") -> None:
        super().__init__(code)
        self.parts = (code, what, known, field)


def _as_it_is(data: Data) -> Data | None:
    return data


class Shape(NamedTuple):
    """How one kind of record is read.

    `event` is its name in the hub. `key` are the XML attributes or children that make its `id`,
    `<UAI>$<word>$<key…>` (`$` between; no word when it is empty); `coded` when they are codes that
    people chose, else numbers. `texts` are the children kept as they are, `hidden` those that hold
    an INE, `parts` those that have children of their own, `several` those that come any number of
    times, `blocked` those that never enter the hub. `finish` makes of what was read what is said,
    or None when the record is about nobody who may be known here.
    """

    event: str
    key: tuple[str, ...]
    word: str = ""
    coded: bool = False
    texts: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    parts: Mapping[str, Reading] = MappingProxyType({})
    several: Mapping[str, Reading] = MappingProxyType({})
    blocked: frozenset[str] = frozenset()
    finish: Callable[[Data], Data | None] = _as_it_is


class Record(NamedTuple):
    """One record: `data` by the file's own names, `unknown` the names that no table has."""

    id: str
    data: Data
    unknown: list[str]


def read(element: etree._Element, shape: Shape, uai: str, hide: Hide) -> Record | None:
    """The plain values of an element, None when nobody may know it; raises `Flaw`.

    `hide` takes the place of an INE.
    """
    data: Data = {}
    for name, value in _said(element, shape, hide):
        if name in data:
            raise Flaw("SCHOOL_TWICE", "an element that is there twice", field=name)
        data[name] = value
    for name, reading in shape.several.items():
        data[name] = _list(map(reading, element.iterfind(name)))
    data |= {name: _key(element, data, name, coded=shape.coded) for name in shape.key}
    words = [uai, shape.word, *(str(data[name]) for name in shape.key)]
    finished = shape.finish(data)
    if finished is None:
        return None
    key = "$".join(filter(None, words))
    return Record(key, finished, _unknown(element, shape))


def set_aside(flaw: Flaw, name: str, path: str) -> SetAside:
    """What is said of a record of the file `name` that is not read."""
    code, what, known, field = flaw.parts
    place = Place(file=name, field=f"{path}, {field}" if field else path)
    return SetAside(code, what, where=place, known=known, fix=_FIXES[code])


def text_of(element: etree._Element) -> str:
    """The trimmed text of an element without children; raises `Flaw`."""
    if len(element):
        what = f"{len(element)} elements where a text stands"
        raise Flaw("SCHOOL_SHAPE", what, field=_shown(element))
    return _sound((element.text or "").strip(), element)


def text_at(element: etree._Element, path: str) -> str:
    """The text of the first element at a path below this one, empty when none; raises `Flaw`."""
    found = element.find(path)
    return "" if found is None else text_of(found)


def attribute(element: etree._Element, name: str) -> str:
    """The trimmed value of an XML attribute, empty when it is absent; raises `Flaw`."""
    return _sound(element.get(name, "").strip(), element)


def texts_in(child: str, wanted: str) -> Reading:
    """Reads a list: of each `child`, the text of its `wanted`; sorted, each once."""
    return lambda element: _list(map(text_of, element.iterfind(f"{child}/{wanted}")))


def attributes_in(child: str, wanted: str) -> Reading:
    """Reads a list: of each `child` (`*`: any), its XML attribute `wanted`; sorted, each once."""
    return lambda element: _list(attribute(found, wanted) for found in element.iterfind(child))


def record_in(*names: str) -> Reading:
    """Reads, of an element that may have much more, only these children."""
    return lambda element: dict(_texts(element, names))


def records_in(child: str, *names: str) -> Reading:
    """Reads a list: of each `child`, these children; sorted, each once."""
    reading = record_in(*names)
    return lambda element: _list(map(reading, element.iterfind(child)))


def number(text: str, field: str) -> str:
    """The text, when it is the number of a person or a code without signs; raises `Flaw`."""
    return _matched(_NUMBER, text, field, "letters, digits, . _ -")


def code(text: str, field: str) -> str:
    """The text, when it may be the code of a class or a group; raises `Flaw`."""
    return _matched(_CODE, text, field, "at most 64 characters without $")


def _said(element: etree._Element, shape: Shape, hide: Hide) -> Iterator[tuple[str, Value]]:
    """What each child says, but those that are empty, unknown, blocked, or come several times."""
    for child in element:
        name, value = str(child.tag), _NOTHING
        if name in shape.parts:
            value = shape.parts[name](child)
        elif name in shape.hidden:
            value = hide(text_of(child))
        elif name in shape.texts or name in shape.key:
            value = text_of(child)
        if value:
            yield name, value


def _list(values: Iterable[Value]) -> list[Value]:
    """The values that are not empty, each once, in an order of their own."""
    found = {orjson.dumps(value, option=orjson.OPT_SORT_KEYS): value for value in values if value}
    return [found[key] for key in sorted(found)]


def _key(element: etree._Element, data: Mapping[str, Value], name: str, *, coded: bool) -> str:
    said = attribute(element, name) or data.get(name, "")
    return (code if coded else number)(said if isinstance(said, str) else "", name)


def _matched(form: re.Pattern[str], text: str, field: str, known: str) -> str:
    if not form.fullmatch(text):
        what = f"an identifier of {len(text)} characters" if text else "no identifier"
        raise Flaw("SCHOOL_ID", what, (known,), field)
    return text


def _texts(element: etree._Element, names: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
    for name in names:
        found = element.find(name)
        if found is not None and (text := text_of(found)):
            yield name, text


def _sound(text: str, element: etree._Element) -> str:
    if _ODD.search(text):
        raise Flaw("SCHOOL_CHARACTER", f"text of {len(text)} characters", field=_shown(element))
    return text


def _shown(element: etree._Element) -> str:
    name = str(element.tag)
    return name if _NAME.fullmatch(name) else ""


def _unknown(element: etree._Element, shape: Shape) -> list[str]:
    known = {*shape.key, *shape.parts, *shape.several} | shape.texts | shape.hidden | shape.blocked
    names = {str(child.tag) for child in element} - known
    return sorted(filter(_NAME.fullmatch, names))[:_SHOWN]


_FIXES = {
    "SCHOOL_SHAPE": "send this record to Préau's people: its dialect is new, the others were read",
    "SCHOOL_TWICE": "give the element once: the file may be damaged here",
    "SCHOOL_ID": "give the identifier that the school's base uses",
    "SCHOOL_CHARACTER": "declare the encoding that the file really has (windows-1252?)",
    "SCHOOL_VALUE": "send this record to Préau's people: its code is new, the others were read",
}
