"""Reads `outlet/files.yaml`, strictly: which files a product takes, and what stands in each line.

    files:
      - name: membres.csv             # a-z, 0-9, - and _, with its ending
        form: csv                     # or bookmarks: the HTML file of links that browsers exchange;
                                      # or calendar: iCalendar, of CALENDAR_EVENT_PUT
        of: MEMBER_PUT                # one line for each object that this operation gave
        separator: ";"                # ; , or tab; of csv only
        encoding: utf-8-sig           # utf-8, utf-8-sig (with a mark for spreadsheets), cp1252
        columns:                      # the header, and where each value comes from
          groupe: {from: group}
          identifiant: {from: local_id}

`from` names a field of the delivery's body, which the card's `needs` must list; or `group.name`, a
field of the group that the line belongs to; or `delivery`, the id by which the ENT may refuse this
line; or `link`, the address of a document in the ENT that has it (bookmarks: the columns are
`title`, `address` and, if wanted, `folder` and `delivery`). A calendar has `uid`, `title` and
`start` and, if wanted, `end`, `days`, `repeats`, `folder` and `delivery`.

A directory service says `set: gar` and no `files`: it takes complete sets of a format that the hub
writes itself, every night, with the fields that the card's `needs` list.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from preau.errors import FixTheFolder, Place
from preau.outlets.operation import FILES
from preau.outlets.spelling import keyed, one_of, wrong
from preau.outlets.value import LINK, LINKED, Value, parse_value

CSV, BOOKMARKS, CALENDAR = "csv", "bookmarks", "calendar"
DELIVERY = "delivery"
MANIFEST = "envoi.csv"
"""Written after all others: their names and digests, and the number of this set of files."""
FILES_KEYS = frozenset({"files", "set"})
SETS = ("gar", "oneroster")
"""The formats of complete sets, for directory services; each is written by the hub itself."""
FILE_KEYS = frozenset({"name", "form", "of", "separator", "encoding", "columns"})
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}\.[a-z]{2,5}")
_SEPARATORS = {";": ";", ",": ",", "tab": "\t"}
_ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")
_DATES = "CALENDAR_EVENT_PUT"
_OF = ("GROUP_PUT", "MEMBER_PUT", "SHARE_PUT", "HOMEWORK_PUT", _DATES)
#: Forms with columns of their own: those that they must have, and all that they may have.
_COLUMNS = {
    BOOKMARKS: (("title", "address"), ("folder", "delivery")),
    CALENDAR: (("uid", "title", "start"), ("end", "days", "repeats", "folder", "delivery")),
}


@dataclass(frozen=True, slots=True)
class FileForm:
    """One file: its lines are the objects of one operation."""

    name: str
    form: str
    operation: str
    separator: str
    encoding: str
    columns: Mapping[str, Value]

    @property
    def links(self) -> bool:
        """Whether its lines lead to documents, which stay where they are."""
        return any(value.source == LINK for value in self.columns.values())

    def fields(self) -> Iterator[tuple[str, str]]:
        """(operation, field of its body) that the lines read."""
        for value in self.columns.values():
            owner, dot, name = value.source.partition(".")
            if dot:
                yield from ((self.operation, "group"), ("GROUP_PUT", "group"), ("GROUP_PUT", name))
            elif owner == LINK:
                yield from ((self.operation, n) for n in LINKED)
            elif owner and owner != DELIVERY:
                yield self.operation, owner


def read_forms(
    connector: str, folder: Path, needs: Mapping[str, Collection[str]]
) -> tuple[FileForm, ...]:
    """What `files.yaml` of an `outlet/` folder says, nothing without one; raises `FixTheFolder`."""
    file = folder / FILES
    if not file.is_file():
        return ()
    place = Place(connector, f"outlet/{FILES}")
    return parse_forms(yaml.safe_load(file.read_text("utf-8")), needs, place)


def read_set(connector: str, folder: Path) -> str:
    """The format of the complete sets that a product takes, empty when it takes none."""
    file = folder / FILES
    raw = yaml.safe_load(file.read_text("utf-8")) if file.is_file() else None
    if not isinstance(raw, dict) or "set" not in raw:
        return ""
    return one_of(raw["set"], SETS, Place(connector, f"outlet/{FILES}"))


def parse_forms(
    raw: object, needs: Mapping[str, Collection[str]], place: Place
) -> tuple[FileForm, ...]:
    """The files from plain values; `needs` are the fields that each operation may read."""
    said = keyed(raw, FILES_KEYS, place, "the file")
    if "set" in said and "files" not in said:
        one_of(said["set"], SETS, place)
        return ()
    listed = said.get("files") if "set" not in said else None
    if not isinstance(listed, list) or not listed:
        raise wrong(place, "files", "a list of at least one file is needed")
    forms = tuple(_form(each, place) for each in listed)
    if len({form.name for form in forms}) < len(forms):
        raise wrong(place, "name", "two files have one name")
    for form in forms:
        _check(form, needs, place)
    return forms


def _form(raw: object, place: Place) -> FileForm:
    said = keyed(raw, FILE_KEYS, place, "a file")
    name, columns = str(said.get("name", "")), said.get("columns")
    if not _NAME.fullmatch(name) or name == MANIFEST:
        raise wrong(place, "name", "a name as in membres.csv, and not the list of files itself")
    if not isinstance(columns, dict) or not columns:
        raise wrong(place, "columns", "at least one column is needed")
    form = FileForm(
        name,
        one_of(said.get("form"), (CSV, *_COLUMNS), place),
        one_of(said.get("of"), _OF, place),
        _SEPARATORS[one_of(said.get("separator", ";"), tuple(_SEPARATORS), place)],
        one_of(said.get("encoding", "utf-8"), _ENCODINGS, place),
        {str(name): parse_value(value, place) for name, value in columns.items()},
    )
    _check_columns(form, place)
    return form


def _check_columns(form: FileForm, place: Place) -> None:
    if (form.form == CALENDAR) != (form.operation == _DATES) and form.form != CSV:
        raise wrong(place, "of", f"a calendar is of {_DATES}, bookmarks are not")
    needed, wanted = _COLUMNS.get(form.form, ((), tuple(form.columns)))
    if not set(needed) <= set(form.columns) <= {*needed, *wanted}:
        said = f"{form.form} has {', '.join(needed)} and perhaps {', '.join(wanted)}"
        raise wrong(place, "columns", said)


def _check(form: FileForm, needs: Mapping[str, Collection[str]], place: Place) -> None:
    for value in form.columns.values():
        owner, dot, _name = value.source.partition(".")
        if dot and owner != "group":
            raise wrong(place, value.source, "only the group of a line has fields of its own")
    for operation, name in form.fields():
        if name not in needs.get(operation, ()):
            raise FixTheFolder(
                "OUTLET_FIELD",
                f"{form.name} reads {name}, which the card does not list",
                where=Place(place.connector, place.file, name),
                known=tuple(sorted(needs.get(operation, ()))),
                fix=f"list it in connector.yaml under needs.{operation}, or stop reading it",
            )
