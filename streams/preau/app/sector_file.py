"""The small file of sectors: one line for each école, with its collège and its circonscription.

Columns, in any order: `college`, `ecole`, and where they are known `circonscription`, `reseau`
(`oui` or `non`: whether the collège and its écoles are écoles éloignées en réseau) and
`nom_reseau` (the network's name, as reseau-saint-flour). UAIs; the letter is not checked, as
nowhere. Separated by `;` or `,`.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from preau.errors import Place as At
from preau.errors import SetAside
from preau.readers.csv_rows import CsvFile, Row

COLLEGE, ECOLE, CIRCONSCRIPTION = "college", "ecole", "circonscription"
NETWORK, NAME = "reseau", "nom_reseau"
_COLUMNS = (COLLEGE, ECOLE, CIRCONSCRIPTION, NETWORK, NAME)
_NAME = re.compile(r"[a-z][a-z0-9-]{2,39}")
_UAI = re.compile(r"[0-9]{7}[A-Z]")
_SAID = {"oui": True, "o": True, "1": True, "non": False, "n": False, "0": False}
_TOLD_AT_ONCE = 20


class SectorLine(NamedTuple):
    """One line: `network` is None, the other two texts empty, where the file does not say.

    Where `name` is said, `network` is true.
    """

    number: int
    ecole: str
    college: str
    circonscription: str
    network: bool | None
    name: str = ""


def read_sectors(content: bytes) -> list[SectorLine]:
    """Every line of a file, or none: raises `SetAside` (SECTOR_LINES, SECTOR_COLUMNS, CSV_…).

    The refusal names each line at fault by its number, and never says what stands there.
    """
    table = CsvFile(io.BytesIO(content), "sectors")
    separator = ";" if len(table.header(";")) > 1 else ","
    names = [_plain(each) for each in table.header(separator)]
    _check_columns(names)
    lines: list[SectorLine] = []
    faults: list[str] = []
    for row in table.rows(separator):
        said = _line(names, row)
        if isinstance(said, SectorLine):
            lines.append(said)
        else:
            faults.append(f"line {row.line}: {said}")
    faults += _disagreements(lines)
    if faults:
        more = f"; and {len(faults) - _TOLD_AT_ONCE} more" if len(faults) > _TOLD_AT_ONCE else ""
        what = "; ".join(faults[:_TOLD_AT_ONCE]) + more
        fix = "correct these lines and send the whole file again: nothing of it was taken"
        raise SetAside("SECTOR_LINES", what, where=At(file="sectors"), fix=fix)
    return lines


def _line(names: Sequence[str], row: Row) -> SectorLine | str:
    """One line, or what is wrong with it."""
    if row.flaw is not None:
        return row.flaw.what
    if len(row.cells) != len(names):
        return f"{len(row.cells)} values under {len(names)} columns"
    cells = dict(zip(names, (each.strip() for each in row.cells), strict=True))
    for name in (COLLEGE, ECOLE, CIRCONSCRIPTION):
        value = cells.get(name, "")
        if not _UAI.fullmatch(value) and (value or name != CIRCONSCRIPTION):
            return f"{name} is not a UAI, as 0159010M"
    named = [cells[COLLEGE], cells[ECOLE], cells.get(CIRCONSCRIPTION, "")]
    if len(set(named)) < len(named):
        return "one UAI stands for two establishments"
    network, name = _plain(cells.get(NETWORK, "")), cells.get(NAME, "")
    if (flaw := _network_flaw(network, name)) is not None:
        return flaw
    told = _SAID.get(network, True if name else None)
    return SectorLine(row.line, named[1], named[0], named[2], told, name)


def _network_flaw(network: str, name: str) -> str | None:
    if network and network not in _SAID:
        return f"{NETWORK} is neither oui nor non"
    if name and not _NAME.fullmatch(name):
        return f"{NAME} is no name, as reseau-saint-flour"
    if name and not _SAID.get(network, True):
        return f"{NAME} where {NETWORK} says non"
    return None


def _disagreements(lines: Sequence[SectorLine]) -> Iterator[str]:
    """An école stands once; a collège is a network or is none, and its network has one name."""
    first: dict[str, int] = {}
    networks: dict[str, SectorLine] = {}
    names: dict[str, SectorLine] = {}
    colleges = {each.college for each in lines}
    for each in lines:
        if each.ecole in first:
            yield f"line {each.number}: the école of line {first[each.ecole]} once more"
        first.setdefault(each.ecole, each.number)
        if each.ecole in colleges:
            yield f"line {each.number}: an école that is a collège on another line"
        before = networks.setdefault(each.college, each) if each.network is not None else each
        if before.network != each.network:
            yield f"line {each.number}: {NETWORK} is not what line {before.number} says"
        before = names.setdefault(each.college, each) if each.name else each
        if before.name != each.name:
            yield f"line {each.number}: {NAME} is not what line {before.number} says"


def _check_columns(names: Sequence[str]) -> None:
    unknown = [name for name in names if name not in _COLUMNS]
    if unknown or not {COLLEGE, ECOLE} <= set(names) or len(set(names)) < len(names):
        what = "the first line names the columns: college and ecole, each once, at least"
        where, fix = At(file="sectors"), "write the names of the columns in the first line"
        raise SetAside("SECTOR_COLUMNS", what, where=where, known=_COLUMNS, fix=fix)


def _plain(text: str) -> str:
    """Lower-case, without accents and spaces."""
    letters = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(each for each in letters if not unicodedata.combining(each))
