"""Reads `inlet/files.yaml`, strictly: which files a product drops, and what each row of them says.

A row is a line of a table or a date of a calendar.

files:
  - name: eleves-{date}.csv       # a pattern: *, {date} or {number}, and {group}
    form: csv                     # or calendar
    event: eleve.inscrit          # what each row is
    separator: ";"                # ; , or tab
    stamp: [numero, date]         # where the date or number of the name goes
    columns:                      # header: where its value goes in the event
      Identifiant: eleve.identifiant
    optional: [INE]               # headers that may be missing
    ine: [INE]                    # their values leave the reader as keyed hashes only
    keyed: {eleve.id: [UAI, Nom]} # an id, made of a keyed hash of these columns
    fixed: {groupe.type: GROUPE}  # always there
    beyond: [eleve.naissance]     # values after the last header, in their order
    split: {UAI: ","}             # several values in one cell: a list
    group: [groupe.code]          # where the {group} of the name goes
    ids: {UID: "rdv-{id}@*"}      # the product's own id in a value
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NoReturn

from preau.errors import FixTheFolder, Place
from preau.mapping.language import guess
from preau.mapping.paths import EVENT, parse_path
from preau.readers.dropped_file import CALENDAR, CSV, DATE, GROUP, ID, NUMBER, DroppedFile
from preau.readers.onde_columns import fold
from preau.readers.vevent import HEADERS, START, UID

FILES = "files"
"""The name of the file, without its ending: no inlet that is asked may be called so."""
DROPPED_KEYS = (
    *("name", "form", "event", "separator", "stamp", "columns", "optional", "ine", "keyed"),
    *("fixed", "beyond", "split", "group", "ids"),
)
FORMS = (CSV, CALENDAR)
OF_TABLES = ("separator", "optional", "ine", "keyed", "beyond", "split")
"""Keys that a calendar does not have."""
SEPARATORS = {";": ";", ",": ",", "tab": "\t"}
_NAME = re.compile(r"(?:[a-z0-9._*-]|\{number\}|\{date\}|\{group\}){1,80}\.[a-z]{2,4}")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*")
_ID_PATTERN = re.compile(r"[A-Za-z0-9._:@/*-]{0,80}\{id\}[A-Za-z0-9._:@/*-]{0,80}")
_MOST = 50


def parse_dropped(
    raw: object, events: Collection[str], version: str, place: Place
) -> tuple[DroppedFile, ...]:
    """The declared files.

    `events` are those that the folder knows, `version` the card's path of what orders two states.
    Raises `FixTheFolder`: DROPPED_KEY, DROPPED_VALUE, DROPPED_FORM.
    """
    listed = _keyed(raw, ("files",), place).get("files")
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST:
        _wrong(place, "files", f"a list of 1 to {_MOST} files is needed")
    forms = tuple(_form(_keyed(each, DROPPED_KEYS, place), place) for each in listed)
    for form in forms:
        _one_of(form.event, events, "event", place)
        _check_paths(form, version, place)
    return forms


def _form(said: Mapping[str, Any], place: Place) -> DroppedFile:
    name = str(said.get("name", ""))
    _check_name(name, place)
    columns = _mapped(said.get("columns"), "columns", place)
    keyed = _mapped(said.get("keyed", {}), "keyed", place)
    form = DroppedFile(
        name,
        str(said.get("event", "")),
        {header: _path(path, "columns", place) for header, path in columns.items()},
        _one_of(said.get("form", CSV), FORMS, "form", place),
        SEPARATORS[_one_of(said.get("separator", ";"), tuple(SEPARATORS), "separator", place)],
        frozenset(_texts(said.get("optional", []), "optional", place)),
        tuple(
            _path(each, "stamp", place) for each in _texts(said.get("stamp", []), "stamp", place)
        ),
        {_path(p, "keyed", place): _texts(heads, "keyed", place) for p, heads in keyed.items()},
        _fixed(said.get("fixed", {}), place),
        frozenset(_texts(said.get("ine", []), "ine", place)),
        tuple(_path(e, "beyond", place) for e in _texts(said.get("beyond", []), "beyond", place)),
        _split(said.get("split", {}), place),
        tuple(_path(e, "group", place) for e in _texts(said.get("group", []), "group", place)),
        _ids(said.get("ids", {}), place),
    )
    _check_headers(form, place)
    if form.form == CALENDAR:
        _check_calendar(form, said, place)
    return form


def _check_name(name: str, place: Place) -> None:
    twice = name.count(NUMBER) + name.count(DATE) > 1 or name.count(GROUP) > 1
    if not _NAME.fullmatch(name) or twice:
        what = f"a name as in eleves-{DATE}.csv, with one {DATE} or {NUMBER}, and one {GROUP}"
        _wrong(place, "name", what)


def _check_calendar(form: DroppedFile, said: Mapping[str, Any], place: Place) -> None:
    for key in OF_TABLES:
        if key in said:
            _wrong(place, key, "a calendar has no such key")
    for header in form.columns:
        _one_of(header, HEADERS, "columns", place)
    if not form.columns.keys() >= {UID, START}:
        _wrong(place, "columns", f"a date is known by its {UID} and begins at its {START}")
    if UID not in form.ids:
        _wrong(
            place,
            "ids",
            f"how the {UID} leads to the product's own id: else the hub's own"
            " dates would come back as new",
        )


def _check_headers(form: DroppedFile, place: Place) -> None:
    if not form.columns:
        _wrong(place, "columns", "at least one column is needed")
    folded = [fold(header) for header in form.headers]
    if len(set(folded)) < len(folded) or "" in folded:
        _wrong(place, "columns", "two headers are the same once case, accents and points are gone")
    for key, headers in (
        ("optional", form.optional),
        ("ine", form.ine),
        ("split", form.split),
        ("ids", form.ids),
    ):
        for header in headers:
            _one_of(header, form.headers, key, place)
    for made_of in form.keyed.values():
        if not made_of or form.optional.intersection(made_of):
            _wrong(place, "keyed", "an id is made of columns that are always there")


def _check_paths(form: DroppedFile, version: str, place: Place) -> None:
    stamp, elsewhere = form.stamp, (*form.stamp, *form.beyond)
    if bool(stamp) != any(hole in form.name for hole in (NUMBER, DATE)):
        _wrong(place, "stamp", f"{DATE} or {NUMBER} in the name and stamp go together")
    if bool(form.group) != (GROUP in form.name):
        _wrong(place, "group", f"{GROUP} in the name and group go together")
    paths = [*form.columns.values(), *form.keyed, *form.fixed, *form.group, *elsewhere]
    told = [path for path in paths if path not in elsewhere]  # there a column goes before
    twice = len(set(told)) < len(told) or len(set(elsewhere)) < len(elsewhere)
    if twice or any(_inside(a, b) for a in paths for b in paths):
        _wrong(place, "columns", "two values go to one place, or one inside another")
    if version and version not in paths:
        what = f"nothing says {version}, by which the card orders two states"
        _wrong(place, "stamp", what)


def _inside(outer: str, inner: str) -> bool:
    return inner.startswith(f"{outer}.")


def _keyed(raw: object, known: tuple[str, ...], place: Place) -> dict[str, Any]:
    if not isinstance(raw, dict):
        _wrong(place, "", "names and their values are needed")
    for key in raw:
        if key not in known:
            where = Place(place.connector, place.file, str(key))
            fix = guess(str(key), known) or "correct its spelling or remove it"
            what = "a key that does not exist"
            raise FixTheFolder("DROPPED_KEY", what, where=where, known=known, fix=fix)
    return raw


def _mapped(raw: object, field: str, place: Place) -> dict[str, Any]:
    if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
        _wrong(place, field, "names and their values are needed")
    return raw


def _texts(raw: object, field: str, place: Place) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        _wrong(place, field, "a list of texts is needed")
    return tuple(raw)


def _fixed(raw: object, place: Place) -> dict[str, str | int | bool]:
    said = _mapped(raw, "fixed", place)
    if not all(isinstance(value, str | int) for value in said.values()):
        _wrong(place, "fixed", "a text, a whole number, true or false is needed")
    return {_path(path, "fixed", place): value for path, value in said.items()}


def _split(raw: object, place: Place) -> dict[str, str]:
    said = _mapped(raw, "split", place)
    if not all(isinstance(mark, str) and len(mark) == 1 for mark in said.values()):
        _wrong(place, "split", "the one character that parts two values is needed")
    return said


def _ids(raw: object, place: Place) -> dict[str, str]:
    said = _mapped(raw, "ids", place)
    if not all(isinstance(text, str) and _ID_PATTERN.fullmatch(text) for text in said.values()):
        _wrong(place, "ids", f"a pattern with one {ID}, as in rdv-{ID}@*")
    return said


def _path(raw: object, field: str, place: Place) -> str:
    if not isinstance(raw, str) or not _PATH.fullmatch(raw) or parse_path(raw).root != EVENT:
        _wrong(place, field, "it is a path of names such as eleve.nom")
    return raw


def _one_of(raw: object, known: Iterable[str], field: str, place: Place) -> str:
    words = tuple(known)
    if raw not in words:
        where = Place(place.connector, place.file, field)
        fix = guess(str(raw), words) or "use one of the known words"
        what = "a word that does not exist"
        raise FixTheFolder("DROPPED_VALUE", what, where=where, known=words, fix=fix)
    return str(raw)


def _wrong(place: Place, field: str, what: str) -> NoReturn:
    where = Place(place.connector, place.file, field or None)
    raise FixTheFolder("DROPPED_FORM", what, where=where, fix="see docs/en/inlets.md")
