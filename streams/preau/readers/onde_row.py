"""From one row of an ONDE file to what it says of one person, or to the reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from preau.readers.csv_rows import Flaw, Row
from preau.readers.onde_columns import GUARDIAN, Layout

#: A spreadsheet takes what begins so for a formula; no name, class or level does.
_FORMULA = ("=", "+", "-", "@", "\t")
_LONGEST = 200
#: Letters, with what stands between them in names; never a digit, a quote or an @.
_NAME = re.compile(r"['’]?[^\W\d_][^\d\"@;,_]*")
_FRENCH_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


class Names(NamedTuple):
    """A person's names; the family name or the one in use may be empty, not both."""

    family: str
    usage: str
    given: str


class Said(NamedTuple):
    """What a row says: names, the other fields that are not empty, and the children if any."""

    line: int
    names: Names
    values: dict[str, str]
    children: tuple[Names, ...] = ()


def read(row: Row, layout: Layout) -> Said:
    """What a sound row says; raises `Flaw` when it is none."""
    if row.flaw is not None:
        raise row.flaw
    cells = row.cells
    if not row.ended and len(cells) < layout.width and not _whole(len(cells), layout):
        raise Flaw("ONDE_CUT", f"the last line has {len(cells)} values of {layout.width}")
    if len(cells) < layout.least:
        what = f"{len(cells)} values, and the last one to be read is number {layout.least}"
        raise Flaw("ONDE_COLUMNS", what)
    if not layout.open and any(cell.strip() for cell in cells[layout.width :]):
        raise Flaw("ONDE_COLUMNS", f"{len(cells)} values under {layout.width} headers")
    values = {field: _value(cells, layout, field) for field in layout.columns}
    names = _names(*(values.pop(field, "") for field in Names._fields))
    children = tuple(_children(cells, layout)) if layout.event == GUARDIAN else ()
    said = {field: text for field, text in values.items() if text}
    if "birth" in said:
        said["birth"] = _day(said["birth"])
    return Said(row.line, names, said, children)


def _value(cells: Sequence[str], layout: Layout, field: str) -> str:
    texts = (_text(cells, place, field) for place in layout.columns[field])
    return next((text for text in texts if text), "")


def _text(cells: Sequence[str], place: int, field: str) -> str:
    """The value without blanks around it, each blank inside one space."""
    raw = cells[place] if place < len(cells) else ""
    if raw.lstrip(" ").startswith(_FORMULA):
        raise Flaw("ONDE_FORMULA", f"a text of {len(raw)} characters", field)
    text = " ".join(raw.split())
    if len(text) > _LONGEST:
        raise Flaw("ONDE_TOO_LONG", f"a text of {len(text)} characters", field)
    return text


def _names(family: str, usage: str, given: str) -> Names:
    names = Names(family, usage, given)
    for field, text in zip(Names._fields, names, strict=True):
        if text and not _NAME.fullmatch(text):
            raise Flaw("ONDE_NAME", f"a text of {len(text)} characters that is no name", field)
    if not given or not (family or usage):
        raise Flaw("ONDE_NAME", "a person without a family name or a given name")
    return names


def _children(cells: Sequence[str], layout: Layout) -> Iterator[Names]:
    """The children of each block of the header, and of those that follow it without headers."""
    blocks = [dict(block) for block in layout.children]
    step = len(layout.open)
    if step:
        starts = range(layout.width, len(cells), step)
        blocks += [dict(zip(layout.open, range(s, s + step), strict=True)) for s in starts]
    for block in blocks:
        texts = {
            field: _text(cells, place, f"{field} of a child") for field, place in block.items()
        }
        if any(texts.values()):
            yield _names(*(texts.get(field, "") for field in Names._fields))


def _whole(count: int, layout: Layout) -> bool:
    """Whether a row of so many values ends where a child's block does."""
    return any(max(block.values()) + 1 == count for block in layout.children) or any(
        min(block.values()) == count for block in layout.children[:1]
    )


def _day(text: str) -> str:
    found = _FRENCH_DAY.fullmatch(text)
    return f"{found[3]}-{found[2]}-{found[1]}" if found else text
