"""Judges a OneRoster package as a reader that imports complete ones does, before it reads a line.

Its own reading of the standard, and no line of the hub's check: what both let through, two readers
have read alike. It says the file and the line of what is wrong, never a value.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence

from preau.sandbox.oneroster.references import agreed
from preau.sandbox.oneroster.standard import ELSEWHERE, FILES
from preau.sandbox.oneroster.values import line_faults

Row = dict[str, str]
Tables = Mapping[str, Sequence[Row]]
_SAID = {"manifest.version": "1.0", "oneroster.version": "1.2"}
_ALSO = {"source.systemName", "source.systemCode"}
_MOST = 2**28
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)


def faults(content: bytes) -> list[str]:
    """What is wrong with a package, in the order in which it is met; nothing when it is right."""
    try:
        sheets = _sheets(content)
    except (*_BROKEN, csv.Error):
        return ["the package is no zip of UTF-8 CSV files, each there once"]
    found = list(_manifest_faults(sheets))
    tables: dict[str, list[Row]] = {}
    for file in FILES:
        if file in sheets:
            found += _table_faults(file, sheets[file])
            tables[file] = _rows(sheets[file])
    return found or list(agreed(tables))


def _sheets(content: bytes) -> dict[str, list[list[str]]]:
    """File without its ending → header and lines; raises when the zip cannot be believed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        whole = sum(each.file_size for each in archive.infolist())
        named = len(set(names)) == len(names) and all(name.endswith(".csv") for name in names)
        if not named or whole > _MOST:
            raise ValueError
        return {
            name.removesuffix(".csv"): _lines(archive.read(name).decode("utf-8-sig"))
            for name in names
        }


def _lines(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]


def _manifest_faults(sheets: Mapping[str, list[list[str]]]) -> Iterator[str]:
    manifest = sheets.get("manifest", [])
    if manifest[:1] != [["propertyName", "value"]] or any(len(row) != 2 for row in manifest):  # noqa: PLR2004
        yield "manifest.csv: it is due, with propertyName and value on each line"
        return
    said = {row[0]: row[1] for row in manifest[1:]}
    if len(said) < len(manifest) - 1:
        yield "manifest.csv: a property stands twice"
    for name, due in _SAID.items():
        if said.get(name) != due:
            yield f"manifest.csv: {name} is not {due}"
    asked = {f"file.{file}" for file in (*FILES, *ELSEWHERE)}
    if said.keys() - asked - _SAID.keys() - _ALSO:
        yield "manifest.csv: a property that the standard has not"
    for name in sorted(asked):
        yield from _presence(name.removeprefix("file."), said.get(name, ""), sheets)
    for name in sorted(sheets.keys() - {"manifest", *FILES, *ELSEWHERE}):
        yield f"a file that the standard has not, by a name of {len(name)} characters"


def _presence(file: str, mode: str, sheets: Mapping[str, list[list[str]]]) -> Iterator[str]:
    if mode == "delta":
        yield f"{file}.csv: this reader takes complete packages only, no delta"
    elif mode not in {"absent", "bulk"}:
        yield f"manifest.csv: file.{file} is neither absent, bulk nor delta"
    elif (mode == "bulk") is not (file in sheets):
        yield f"{file}.csv: the manifest says {mode}, and the zip says otherwise"


def _table_faults(file: str, sheet: list[list[str]]) -> Iterator[str]:
    due = [cell.name for cell in FILES[file]]
    header = sheet[0] if sheet else []
    more = header[len(due) :]
    own = all(name.startswith("metadata.") and name != "metadata." for name in more)
    if header[: len(due)] != due or not own or len(set(more)) < len(more):
        yield f"{file}.csv: the header is not the standard's"
        return
    if len(sheet) == 1:
        yield f"{file}.csv: there is no line; a file without one is absent"
    ids: set[str] = set()
    for number, cells in enumerate(sheet[1:], 2):
        if len(cells) != len(header):
            yield f"{file}.csv: line {number} has more or fewer values than the header"
            continue
        row = dict(zip(header, cells, strict=True))
        for fault in line_faults(file, row):
            yield f"{file}.csv: line {number}: {fault}"
        if row["sourcedId"] in ids:
            yield f"{file}.csv: line {number}: its sourcedId stands on another line"
        ids.add(row["sourcedId"])


def _rows(sheet: list[list[str]]) -> list[Row]:
    return [dict(zip(sheet[0], cells, strict=False)) for cells in sheet[1:]] if sheet else []
