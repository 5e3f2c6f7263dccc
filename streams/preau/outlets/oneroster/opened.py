"""Opens a OneRoster package: the zip, its files at the root, each a table of lines.

Nothing is believed that the archive says of its sizes: a package that unpacks to more than a
gigabyte, or to more files than the standard has, is refused.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from preau.outlets.oneroster.finding import Finding
from preau.outlets.oneroster.tables import MANIFEST, NAMES

MOST_BYTES = 1024**3
MOST_FILES = 64
FILES = (MANIFEST, *(f"{name}.csv" for name in NAMES))
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


class Sheet(NamedTuple):
    """One file: its header, and its lines with their number in the file."""

    header: tuple[str, ...]
    lines: Sequence[tuple[int, tuple[str, ...]]]


def open_package(source: BinaryIO) -> tuple[dict[str, Sheet], list[Finding]]:
    """Every file that could be read, by its name, and why others could not."""
    found: list[Finding] = []
    sheets: dict[str, Sheet] = {}
    try:
        with zipfile.ZipFile(source) as archive:
            for info in _members(archive, found):
                _read(archive, info, sheets, found)
    except (*_BROKEN, ValueError):
        fix = "write it again: a zip that common tools open, not encrypted"
        found.append(Finding("PACKAGE", "this is no zip, or a damaged one", fix=fix))
    return sheets, found


def _members(archive: zipfile.ZipFile, found: list[Finding]) -> Iterator[zipfile.ZipInfo]:
    listed = [each for each in archive.infolist() if not each.is_dir()]
    if len(listed) > MOST_FILES or sum(each.file_size for each in listed) > MOST_BYTES:
        what, known = "too much in one package", (f"{MOST_FILES} files", f"{MOST_BYTES} bytes")
        found.append(Finding("PACKAGE_SIZE", what, known=known, fix="leave out what is not CSV"))
        return
    seen: set[str] = set()
    for info in listed:
        trouble = _trouble(info, seen)
        seen.add(info.filename)
        if trouble is None:
            yield info
        else:
            found.append(trouble)


def _trouble(info: zipfile.ZipInfo, seen: set[str]) -> Finding | None:
    name = info.filename
    if name in seen:
        return Finding("FILE_TWICE", "this file is in the zip twice", name, fix="keep one")
    if name not in FILES:
        # the name is the sender's and may be anything: only ours are repeated
        what = "the zip holds a file that the standard does not know"
        fix = "put the files at the root of the zip, named exactly as here"
        return Finding("FILE_UNKNOWN", what, found=_where(name), known=FILES, fix=fix)
    if info.flag_bits & _ENCRYPTED:
        return Finding("PACKAGE", "an encrypted file", name, fix="send it without a password")
    return None


def _where(name: str) -> str:
    if "/" in name and name.rpartition("/")[2] in FILES:
        return f"{name.rpartition('/')[2]} in a folder"
    return f"a name of {len(name)} characters"


def _read(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    sheets: dict[str, Sheet],
    found: list[Finding],
) -> None:
    with archive.open(info) as member:
        data = member.read(MOST_BYTES + 1)
    try:
        text = data.decode("utf-8-sig")  # a mark is to be passed over
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fix = "save the file as UTF-8"
        found.append(Finding("ENCODING", "no UTF-8 text", info.filename, line, fix=fix))
        return
    sheet = _sheet(info.filename, text, found)
    if sheet is not None:
        sheets[info.filename] = sheet


def _sheet(name: str, text: str, found: list[Finding]) -> Sheet | None:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[tuple[int, tuple[str, ...]]] = []
    begun = 1
    try:
        for row in rows:
            if row:
                lines.append((begun, tuple(row)))
            begun = rows.line_num + 1
    except csv.Error:
        what, fix = "no CSV as RFC 4180 has it", 'double a quote inside a quoted value: ""'
        found.append(Finding("CSV", what, name, begun, fix=fix))
        return None
    if not lines:
        found.append(Finding("HEADER", "an empty file", name, fix="write its header"))
        return None
    return Sheet(lines[0][1], lines[1:])
