"""Writes a set of files so that no reader ever sees half of one, and reads what the ENT says of it.

```
<root>/<instance>/envoi.csv        written last: numero;fichier;lignes;sha256, one line per file
<root>/<instance>/…                the product's files, each complete
<root>/<instance>/<numero>.ok      the ENT's report: it has taken the set of that number
<root>/<instance>/<numero>.ko      it has taken it but for these lines: delivery;reason (a code)
```
A report is deleted once its receipts are published.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from preau.errors import Place, Stop
from preau.outlets.file_forms import MANIFEST
from preau.outlets.file_lines import Drawn
from preau.outlets.reasons import REASONS

MAX_REPORT = 4 * 1024 * 1024
"""Bytes of a report that are read."""
_REPORT = re.compile(r"([0-9]{1,18})\.(ok|ko)")
_INSTANCE = re.compile(r"[a-z0-9][a-z0-9-]*")


class Report(NamedTuple):
    """The ENT's answer to one set of files; `refused`: delivery → reason, `whole`: all of it."""

    path: Path
    writing: int
    refused: Mapping[str, str]
    whole: bool


def drop_folder(root: Path, instance: str) -> Path:
    """The folder of one instance, made if need be; raises `Stop` when it leads elsewhere."""
    folder = root / instance
    if not _INSTANCE.fullmatch(instance) or folder.is_symlink():
        raise _unsafe(instance)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        inside = folder.resolve().parent == root.resolve()
    except OSError as error:
        raise _unsafe(instance) from error
    if not inside:
        raise _unsafe(instance)
    return folder


def write(folder: Path, files: Sequence[Drawn], writing: int) -> None:
    """Every file, then the list of them; raises `OSError` when the folder cannot be written."""
    for each in files:
        _replace(folder, each.name, each.content)
    list_files(folder, files, writing)


def list_files(folder: Path, files: Sequence[Drawn], writing: int) -> None:
    """The list of a set's files alone, which are there already."""
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow(("numero", "fichier", "lignes", "sha256"))
    lines.writerows((writing, f.name, f.lines, sha256(f.content).hexdigest()) for f in files)
    _replace(folder, MANIFEST, out.getvalue().encode())


def reports(folder: Path) -> list[Report]:
    """What the ENT has answered, the lowest number first; one that cannot be read is passed over.

    A refusal of the whole is a `.ko` without a line.
    """
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        named = _REPORT.fullmatch(path.name)
        if named and path.is_file() and not path.is_symlink():
            with suppress(OSError, UnicodeDecodeError, csv.Error):
                found.append(_report(path, int(named[1]), good=named[2] == "ok"))
    return sorted(found, key=lambda report: report.writing)


def _report(path: Path, writing: int, *, good: bool) -> Report:
    if good:
        return Report(path, writing, {}, whole=False)
    with path.open("rb") as file:
        text = file.read(MAX_REPORT).decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=";") if row]
    refused = {row[0]: _reason(row[1:]) for row in rows if row[0] != "delivery"}
    return Report(path, writing, refused, whole=not refused)


def _reason(said: Sequence[str]) -> str:
    return said[0] if said and said[0] in REASONS else "REFUSED"


def _replace(folder: Path, name: str, content: bytes) -> None:
    part = folder / f".{name}.part"
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / name)
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)  # the new name too outlives a power cut
    finally:
        os.close(place)


def _unsafe(instance: str) -> Stop:
    return Stop(
        "DROP_FOLDER",
        f"the folder for the files of {instance} cannot be used, or it leads elsewhere",
        where=Place(field="PREAU_DROPS"),
        fix="make it a real folder that the hub may write, not a link",
    )
