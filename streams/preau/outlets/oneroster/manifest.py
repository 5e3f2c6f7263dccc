"""Checks `manifest.csv` of a OneRoster package against the standard and against the zip."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from preau.outlets.oneroster.finding import Finding, shape
from preau.outlets.oneroster.opened import Sheet
from preau.outlets.oneroster.tables import (
    ABSENT,
    MANIFEST,
    MANIFEST_COLUMNS,
    MANIFEST_VERSION,
    MODES,
    NAMES,
    VERSION,
)

_FIXED = {"manifest.version": MANIFEST_VERSION, "oneroster.version": VERSION}
_FREE = ("source.systemName", "source.systemCode")
_FILES = tuple(f"file.{name}" for name in NAMES)
KNOWN = (*_FIXED, *_FILES, *_FREE)


class Manifest(NamedTuple):
    """What the manifest says of each table: absent, bulk or delta."""

    modes: Mapping[str, str]

    def mode(self, table: str) -> str:
        return self.modes.get(table, ABSENT)


def read_manifest(
    sheets: Mapping[str, Sheet], present: Collection[str], found: list[Finding]
) -> Manifest:
    """The manifest; what is wrong with it, or between it and the zip, goes to `found`."""
    sheet = sheets.get(MANIFEST)
    if sheet is None:
        fix = f"add {MANIFEST} with a line for each file of the standard"
        found.append(Finding("MANIFEST", "the package has no manifest", MANIFEST, fix=fix))
        return Manifest({})
    if sheet.header != MANIFEST_COLUMNS:
        fix = "write exactly: propertyName,value"
        found.append(Finding("HEADER", "another header is due", MANIFEST, 1, fix=fix))
    said = _properties(sheet, found)
    modes = {table: _mode(table, said, found) for table in NAMES}
    for name, due in _FIXED.items():
        line, value = said.get(name, (0, ""))
        if value != due:
            what = "another version" if line else f"{name} is missing"
            known, fix = (due,), "this check knows OneRoster CSV 1.2"
            found.append(Finding("VERSION", what, MANIFEST, line, name, shape(value), known, fix))
    _compare(modes, present, found)
    return Manifest(modes)


def _properties(sheet: Sheet, found: list[Finding]) -> dict[str, tuple[int, str]]:
    said: dict[str, tuple[int, str]] = {}
    for line, cells in sheet.lines:
        name = cells[0]
        if len(cells) != len(MANIFEST_COLUMNS):
            what, seen = "a line has two values", f"{len(cells)} values"
            found.append(Finding("LINE", what, MANIFEST, line, found=seen))
        elif name not in KNOWN:
            what = "a property that the standard does not know"
            found.append(Finding("PROPERTY", what, MANIFEST, line, found=shape(name), known=KNOWN))
        elif name in said:
            what, fix = "a property stands twice", "keep one line of it"
            found.append(Finding("PROPERTY_TWICE", what, MANIFEST, line, name, fix=fix))
        else:
            said[name] = (line, cells[1])
    return said


def _mode(table: str, said: Mapping[str, tuple[int, str]], found: list[Finding]) -> str:
    line, value = said.get(f"file.{table}", (0, ""))
    if value in MODES:
        return value
    what = "no such mode" if line else "a file of the standard is not mentioned"
    fix = f"say {ABSENT} when the package has no {table}.csv"
    column = f"file.{table}"
    found.append(Finding("MODE", what, MANIFEST, line, column, shape(value), MODES, fix))
    return ABSENT


def _compare(modes: Mapping[str, str], present: Collection[str], found: list[Finding]) -> None:
    for table, mode in modes.items():
        file = f"{table}.csv"
        if mode == ABSENT and file in present:
            what = f"the manifest says {ABSENT}, and the file is there"
            fix = f"say bulk or delta for file.{table}, or leave the file out"
            found.append(Finding("FILE_UNSAID", what, file, fix=fix))
        if mode != ABSENT and file not in present:
            what = f"the manifest says {mode}, and the file is not there"
            fix = f"add the file, or say {ABSENT} for file.{table}"
            found.append(Finding("FILE_MISSING", what, file, fix=fix))
