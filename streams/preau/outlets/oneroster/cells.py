"""Checks one table of a OneRoster package by itself: header, lines, and what each cell may hold."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping

from preau.outlets.oneroster.finding import Finding, shape
from preau.outlets.oneroster.opened import Sheet
from preau.outlets.oneroster.tables import (
    BOOLEAN,
    BULK,
    DATE,
    DELTA,
    EXTENSION,
    GUID,
    GUIDS,
    METADATA,
    STATUSES,
    TABLES,
    TEXTS,
    WORD,
    YEAR,
    Column,
)

Line = Mapping[str, str]
_GUID = re.compile(r"[0-9A-Za-z.\-_/@]{1,255}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z")
_YEAR = re.compile(r"[0-9]{4}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BOOLEANS = ("true", "false")
_EXTENDED = re.compile(r"ext:[^\s].*")


def read_table(table: str, sheet: Sheet, mode: str, found: list[Finding]) -> list[tuple[int, Line]]:
    """The lines that have as many values as the header; what is wrong goes to `found`."""
    file = f"{table}.csv"
    if not _header(table, sheet, found):
        return []
    if not sheet.lines:
        fix = "leave the file out, and say absent in the manifest"
        found.append(Finding("NO_LINE", "a file without a line", file, fix=fix))
    read: list[tuple[int, Line]] = []
    seen: set[str] = set()
    for number, cells in sheet.lines:
        if len(cells) != len(sheet.header):
            said, due = f"{len(cells)} values", (f"{len(sheet.header)} values",)
            what, fix = "a line has as many values as the header", "quote commas inside a value"
            found.append(Finding("LINE", what, file, number, found=said, known=due, fix=fix))
            continue
        line = dict(zip(sheet.header, cells, strict=True))
        found += (each._replace(file=file, line=number) for each in _wrong(table, line, mode, seen))
        read.append((number, line))
    return read


def _header(table: str, sheet: Sheet, found: list[Finding]) -> bool:
    due = tuple(column.name for column in TABLES[table])
    own, more = sheet.header[: len(due)], sheet.header[len(due) :]
    if own != due:
        at = next((n for n, (a, b) in enumerate(zip(own, due, strict=False)) if a != b), len(own))
        what = f"column {at + 1} of the header is due to be {due[at]}"
        fix = "write every column of 1.2.1 in its order; extensions stand to the right"
        found.append(Finding("HEADER", what, f"{table}.csv", 1, due[at], known=due, fix=fix))
        return False
    odd = [each for each in more if not each.startswith(METADATA) or each == METADATA]
    if odd or len(set(more)) < len(more):
        what = "columns of your own are named metadata.…, each once"
        found.append(Finding("HEADER", what, f"{table}.csv", 1, found=f"{len(more)} more columns"))
        return False
    return True


def _wrong(table: str, line: Line, mode: str, seen: set[str]) -> Iterator[Finding]:
    yield from _life(line, mode)
    for column in TABLES[table]:
        said = line[column.name]
        if "\r" in said or "\n" in said:
            fix = "write it on one line"
            yield Finding("LINE_END", "a value with a line end", column=column.name, fix=fix)
        elif said:
            yield from _CHECKS.get(column.kind, _anything)(column, said)
        elif column.required:
            yield Finding("EMPTY", "a required value is empty", column=column.name, fix="fill it")
    if line["sourcedId"] in seen:
        fix = "give each line of a file its own sourcedId"
        yield Finding("ID_TWICE", "a sourcedId stands twice", column="sourcedId", fix=fix)
    seen.add(line["sourcedId"])


def _life(line: Line, mode: str) -> Iterator[Finding]:
    status, changed = line["status"], line["dateLastModified"]
    if mode == BULK:
        for name, said in (("status", status), ("dateLastModified", changed)):
            if said:
                fix = "leave it empty, or say delta in the manifest"
                yield Finding("BULK", "empty in bulk", column=name, found=shape(said), fix=fix)
    if mode == DELTA and status not in STATUSES:
        yield Finding("WORD", "no such status", "", 0, "status", shape(status), STATUSES)
    if mode == DELTA and not (_MOMENT.fullmatch(changed) and _a_day(changed[:10])):
        known = ("2026-10-12T08:00:00.000Z",)
        what = "delta says when a line changed, in UTC"
        yield Finding("DATE", what, "", 0, "dateLastModified", shape(changed), known)


def _anything(_column: Column, _said: str) -> Iterator[Finding]:
    yield from ()


def _guid(column: Column, said: str) -> Iterator[Finding]:
    if not _GUID.fullmatch(said):
        known = ("0-9", "A-Z", "a-z", ". - _ / @", "1 to 255 characters")
        yield Finding("GUID", "no sourcedId", "", 0, column.name, shape(said), known)


def _guids(column: Column, said: str) -> Iterator[Finding]:
    for each in said.split(","):
        yield from _guid(column, each)


def _texts(column: Column, said: str) -> Iterator[Finding]:
    if "" in said.split(","):
        fix = "separate values by one comma each"
        yield Finding("LIST", "an empty value in a list", column=column.name, fix=fix)


def _boolean(column: Column, said: str) -> Iterator[Finding]:
    if said not in _BOOLEANS:
        yield Finding("WORD", "no such value", "", 0, column.name, shape(said), _BOOLEANS)


def _date(column: Column, said: str) -> Iterator[Finding]:
    if not _a_day(said):
        yield Finding("DATE", "no such day", "", 0, column.name, shape(said), ("2026-09-01",))


def _a_day(said: str) -> bool:
    try:
        return bool(_DAY.fullmatch(said)) and bool(dt.date.fromisoformat(said))
    except ValueError:
        return False


def _year(column: Column, said: str) -> Iterator[Finding]:
    if not _YEAR.fullmatch(said):
        fix = "the year in which the school year ends"
        yield Finding("YEAR", "no year", "", 0, column.name, shape(said), ("2027",), fix)


def _word(column: Column, said: str) -> Iterator[Finding]:
    if said in column.known or (column.open and _EXTENDED.fullmatch(said)):
        return
    known = (*column.known, *((f"{EXTENSION}…",) if column.open else ()))
    fix = "words are written exactly so, capitals included"
    yield Finding("WORD", "no such word", "", 0, column.name, shape(said), known, fix)


_CHECKS: Mapping[str, Callable[[Column, str], Iterator[Finding]]] = {
    GUID: _guid,
    GUIDS: _guids,
    TEXTS: _texts,
    BOOLEAN: _boolean,
    DATE: _date,
    YEAR: _year,
    WORD: _word,
}
