"""The bytes of a product's files: CSV, the HTML of bookmarks that browsers exchange, a calendar.

CSV as RFC 4180, lines end with CR LF. A value that a spreadsheet would take for a formula gets an
apostrophe before it (OWASP, "CSV Injection"). Bookmarks: the Netscape bookmark file format. A
calendar: RFC 5545, in UTF-8.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from preau.outlets.file_dates import dates_file
from preau.outlets.file_forms import CALENDAR, CSV, DELIVERY, FileForm
from preau.outlets.value import LINK, Link, Value, link_of
from preau.store.filed import Filed

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_HEAD = (
    "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n"
    '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">\n'
    "<TITLE>Liens</TITLE>\n<H1>Liens</H1>\n<DL><p>\n"
)
_TAIL = "</DL><p>\n"


class Drawn(NamedTuple):
    """One file, ready to be written."""

    name: str
    lines: int
    content: bytes


def draw(forms: Sequence[FileForm], held: Sequence[Filed], link: Link) -> list[Drawn]:
    """Every file with everything that is held; one without a line has its header all the same."""
    groups = {str(r.fields.get("group")): r.fields for r in held if r.operation == "GROUP_PUT"}
    return [_drawn(form, held, _Reading(groups, link)) for form in forms]


def _drawn(form: FileForm, held: Sequence[Filed], reading: _Reading) -> Drawn:
    own = [row for row in held if row.operation == form.operation]
    rows = [reading.cells(form, row) for row in own]
    if form.form == CALENDAR:
        cells = [dict(zip(form.columns, row, strict=True)) for row in rows]
        return Drawn(form.name, len(rows), dates_file(zip(own, cells, strict=True)))
    text = _csv(form, rows) if form.form == CSV else _bookmarks(form, rows)
    encoding = form.encoding if form.form == CSV else "utf-8"
    return Drawn(form.name, len(rows), text.encode(encoding, errors="replace"))


class _Reading:
    """Finds the value of each column of a line."""

    def __init__(self, groups: Mapping[str, Mapping[str, object]], link: Link) -> None:
        self._groups = groups
        self._link = link

    def cells(self, form: FileForm, row: Filed) -> list[str]:
        return [self._cell(value, row) for value in form.columns.values()]

    def _cell(self, value: Value, row: Filed) -> str:
        found = value.told(self._found(value, row))
        if value.values is not None:
            found = value.values.get(_text(found))
        return _text(found)

    def _found(self, value: Value, row: Filed) -> object:
        owner, dot, name = value.source.partition(".")
        if dot:
            return self._groups.get(str(row.fields.get("group")), {}).get(name)
        if owner == DELIVERY:
            return row.event_id
        if owner == LINK:
            return link_of(row.fields, self._link)
        return row.fields.get(owner) if owner else value.const


def _csv(form: FileForm, rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=form.separator, lineterminator="\r\n")
    writer.writerow(form.columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell, or with an apostrophe before it when a spreadsheet would take it for a formula."""
    return "'" + cell if cell.lstrip(" ").startswith(_FORMULA) else cell


def _bookmarks(form: FileForm, rows: Sequence[Sequence[str]]) -> str:
    said = [dict(zip(form.columns, map(html.escape, row), strict=True)) for row in rows]
    folders = dict.fromkeys(each.get("folder", "") for each in said)
    inner = (
        line
        for folder in folders
        for line in _folder(folder, [e for e in said if e.get("folder", "") == folder])
    )
    return _HEAD + "".join(inner) + _TAIL


def _folder(name: str, links: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if name:
        yield f"<DT><H3>{name}</H3>\n<DL><p>\n"
    for each in links:
        mark = f' ID="{each["delivery"]}"' if "delivery" in each else ""
        yield f'<DT><A HREF="{each["address"]}"{mark}>{each["title"]}</A>\n'
    if name:
        yield "</DL><p>\n"


def _text(value: object) -> str:
    return "" if value is None else str(value)
