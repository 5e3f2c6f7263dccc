"""What a connector's folder says of one kind of file that a product drops: its name, its columns.

A name is a pattern: small letters, figures, `.`, `-`, `_`, `*` for anything, and at most one hole,
`{number}` or `{date}`, which orders two files. Case and accents of the real name do not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from preau.errors import Place, SetAside

CSV = "csv"
NUMBER, DATE = "{number}", "{date}"
_HOLES = {
    NUMBER: r"(?P<number>[0-9]{1,15})",
    DATE: r"(?P<y>[0-9]{4})-?(?P<m>[0-9]{2})-?(?P<d>[0-9]{2})"
    r"(?:[-_t ]?(?P<H>[0-9]{2})[h:]?(?P<M>[0-9]{2}))?",
}
_PIECES = re.compile(r"(\*|\{number\}|\{date\})")


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """One kind of file; the paths are dotted names of an event.

    name       the pattern of its name
    event      the vendor event that each row is
    columns    header → the path where its value goes
    form       csv
    separator  of csv
    optional   headers that may be missing
    stamp      paths where the number or the date of the file's name goes
    keyed      path → the headers whose values, hashed with the hub's key, are the id there
    fixed      path → a value that is always there
    ine        headers whose values are INEs: only their keyed hash goes further
    beyond     paths of the values that stand after the last header, in their order
    split      header → what parts its values: the path then holds a list
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

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that is read, once."""
        keyed = (header for headers in self.keyed.values() for header in headers)
        return tuple(dict.fromkeys((*self.columns, *keyed)))

    def stamped(self, name: str) -> str | int | None:
        """What the hole holds in this file's name; None when the name is of another kind.

        A date is told as in ISO 8601, without offset: the time of Paris. Empty without a hole.
        """
        found = _pattern(self.name).fullmatch(plain_name(name))
        if found is None:
            return None
        said = {key: text for key, text in found.groupdict().items() if text}
        if "number" in said:
            return int(said["number"])
        return _moment(said, name) if said else ""


def plain_name(name: str) -> str:
    """A file's name in small letters without accents."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))


def _pattern(name: str) -> re.Pattern[str]:
    pieces = (_HOLES.get(each, ".*" if each == "*" else re.escape(each)) for each in _cut(name))
    return re.compile("".join(pieces))


def _cut(name: str) -> list[str]:
    return _PIECES.split(name)


def _moment(said: Mapping[str, str], name: str) -> str:
    text = f"{said['y']}-{said['m']}-{said['d']}T{said.get('H', '00')}:{said.get('M', '00')}:00"
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        what, fix = "the date in the file's name does not exist", "correct the name: 2026-09-15"
        raise SetAside("FILE_DATE", what, where=Place(file=name), fix=fix) from None
