"""What a connector's folder says of one kind of file that a product drops: its name, its columns.

A name is a pattern: small letters, figures, `.`, `-`, `_`, `*` for anything, at most one hole of
`{number}` and `{date}`, which orders two files, and at most one `{group}`, the id of whom the file
is for. Case and accents of the real name do not count, but for the group's id, which is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from preau.errors import Place, SetAside

CSV, CALENDAR = "csv", "calendar"
NUMBER, DATE, GROUP = "{number}", "{date}", "{group}"
ID = "{id}"
"""In a pattern of `ids`: where the product's own id stands."""
_HOLES = {
    NUMBER: r"(?P<number>[0-9]{1,15})",
    GROUP: r"(?P<group>[A-Za-z0-9_-]{1,64})",
    ID: r"(?P<id>[A-Za-z0-9_.:-]{1,100})",
    DATE: r"(?P<y>[0-9]{4})-?(?P<m>[0-9]{2})-?(?P<d>[0-9]{2})"
    r"(?:[-_t ]?(?P<H>[0-9]{2})[h:]?(?P<M>[0-9]{2}))?",
}
_PIECES = re.compile(r"(\*|\{number\}|\{date\}|\{group\}|\{id\})")
_LONGEST = 255
"""Characters of a value that holds an id: RFC 7986 §5.3 says so of a UID."""


class Held(NamedTuple):
    """What the holes of a name hold: a number or a moment (ISO 8601, Paris), and the group's id."""

    stamp: str | int = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One kind of file; the paths are dotted names of an event.

    name       the pattern of its name
    event      the vendor event that each row is
    columns    header → the path where its value goes
    form       csv or calendar
    separator  of csv
    optional   headers that may be missing
    stamp      paths where the number or the date of the file's name goes
    keyed      path → the headers whose values, hashed with the hub's key, are the id there
    fixed      path → a value that is always there
    ine        headers whose values are INEs: only their keyed hash goes further
    beyond     paths of the values that stand after the last header, in their order
    split      header → what parts its values: the path then holds a list
    group      paths where the group's id of the file's name goes
    ids        header → the pattern of its values, in which `{id}` is the product's own id
    """

    name: str
    event: str
    columns: Mapping[str, str]
    form: str = CSV
    separator: str = ";"
    optional: frozenset[str] = frozenset()
    stamp: tuple[str, ...] = ()
    keyed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: Mapping[str, str | int | bool] = field(default_factory=dict)
    ine: frozenset[str] = frozenset()
    beyond: tuple[str, ...] = ()
    split: Mapping[str, str] = field(default_factory=dict)
    group: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that is read, once."""
        keyed = (header for headers in self.keyed.values() for header in headers)
        return tuple(dict.fromkeys((*self.columns, *keyed)))

    def held(self, name: str) -> Held | None:
        """What the holes hold in this file's name; None when the name is of another kind.

        Raises `SetAside` (FILE_DATE) when the date does not exist.
        """
        found = _pattern(self.name).fullmatch(_without_accents(name))
        if found is None:
            return None
        said = {key: text for key, text in found.groupdict().items() if text}
        group = said.pop("group", "")
        if "number" in said:
            return Held(int(said["number"]), group)
        return Held(_moment(said, name) if said else "", group)

    def own_id(self, header: str, text: str) -> str | None:
        """The product's own id in a value of this column; None when it does not lead to one."""
        found = _pattern(self.ids[header]).fullmatch(text[: _LONGEST + 1])
        return found["id"] if found and len(text) <= _LONGEST else None


def _without_accents(name: str) -> str:
    spelled = unicodedata.normalize("NFKD", name)
    return "".join(c for c in spelled if not unicodedata.combining(c))


def _pattern(name: str) -> re.Pattern[str]:
    pieces = (_HOLES.get(each, ".*" if each == "*" else re.escape(each)) for each in _cut(name))
    return re.compile("".join(pieces), re.IGNORECASE)


def _cut(name: str) -> list[str]:
    return _PIECES.split(name)


def _moment(said: Mapping[str, str], name: str) -> str:
    text = f"{said['y']}-{said['m']}-{said['d']}T{said.get('H', '00')}:{said.get('M', '00')}:00"
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        what, fix = "the date in the file's name does not exist", "correct the name: 2026-09-15"
        raise SetAside("FILE_DATE", what, where=Place(file=name), fix=fix) from None
